namespace Gyre;

/// <summary>A <see cref="RemoteCall{T}"/> as the loop that runs it sees it. That loop's thread only.</summary>
internal interface IRemoteCall
{
    /// <summary>Makes the task.</summary>
    void Start();

    /// <summary>The caller was cancelled.</summary>
    void RequestCancel(string? message);

    /// <summary>The task has ended.</summary>
    void OnTaskDone();

    /// <summary>The loop was closed, and the task will not end any more.</summary>
    void OnTargetClosed();
}
