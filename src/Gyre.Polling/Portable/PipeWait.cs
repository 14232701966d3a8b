namespace Gyre.Polling;

/// <summary>One thing that a pipe waits for, again and again.</summary>
internal sealed class PipeWait(PortablePipe pipe, int descriptor, short events) : IPortableReport
{
    public int Descriptor => descriptor;

    /// <summary>What poll(2) is asked for.</summary>
    public short Events => events;

    /// <summary>What it said last.</summary>
    public short Result { get; set; }

    /// <summary>Whether the waiting thread has it. Under the lock of <see cref="PipeWaiter"/>.</summary>
    public bool IsListed { get; set; }

    /// <summary>Whether the outcome is still to come. Owner thread only.</summary>
    public bool IsPending { get; set; }

    public void Take(IReadyQueue ready)
    {
        IsPending = false;
        pipe.OnTaken(this, ready);
    }

    public void Discard()
    {
    }
}
