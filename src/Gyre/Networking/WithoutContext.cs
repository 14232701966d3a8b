namespace Gyre;

/// <summary>Calls something with the thread's synchronisation context put aside.</summary>
/// <remarks>BCL code that said <c>ConfigureAwait(false)</c> goes on inside the completion of what it waits for, on the
/// loop's thread, only while there is no context; otherwise it is sent to the thread pool.</remarks>
internal static class WithoutContext
{
    public static TResult Call<TState, TResult>(Func<TState, TResult> call, TState state)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return call(state);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
