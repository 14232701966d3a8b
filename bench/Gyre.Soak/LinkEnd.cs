namespace Gyre.Soak;

/// <summary>One end of a <see cref="Link"/>.</summary>
internal sealed record LinkEnd(LoopStreamReader Reader, LoopStreamWriter Writer)
{
    /// <summary>Closes the end, and waits until what was written is with the system.</summary>
    public async Coroutine CloseAsync()
    {
        Writer.Close();
        await Writer.WaitClosedAsync();
    }
}
