using System.Runtime.ExceptionServices;

namespace Gyre;

// The block: begin, body, end.
public sealed partial class LoopGroup
{
    internal static async Coroutine OpenAsync(Func<LoopGroup, Coroutine> body, LoopGroupOptions? options) =>
        await OpenAsync(
            async Coroutine<VoidResult> (group) =>
            {
                await body(group);
                return default;
            },
            options);

    /// <summary>Makes the loops, runs the body, and ends the loops, whatever happens.</summary>
    internal static async Coroutine<T> OpenAsync<T>(Func<LoopGroup, Coroutine<T>> body, LoopGroupOptions? options)
    {
        var group = new LoopGroup(EventLoop.Running, options ?? new LoopGroupOptions());
        CarriedError? error = null;
        T? result = default;
        try
        {
            group.StartMembers();
            result = await TaskGroup.Run(tasks =>
            {
                group._tasks = tasks;
                group.FailIfALoopHas();
                return body(group);
            });
        }
        catch (Exception e)
        {
            error = CarriedError.Capture(e);
        }

        group._tasks = null;
        CarriedError? cancelled = await group.StopAsync();
        group.ThrowLoopErrors(error);
        (error ?? cancelled)?.Throw();
        return result!;
    }

    private void StartMembers()
    {
        foreach (LoopMember member in _members)
        {
            try
            {
                member.Start();
            }
            catch
            {
                // The system has no thread left. Those after this one have not begun either.
                foreach (LoopMember rest in _members[_running..])
                {
                    rest.Discard();
                }

                _members.RemoveRange(_running, _members.Count - _running);
                throw;
            }

            _running++;
        }
    }

    /// <summary>Ends the loops and waits for their threads. A cancellation does not cut that short.</summary>
    /// <returns>The cancellation that came meanwhile.</returns>
    private async Coroutine<CarriedError?> StopAsync()
    {
        _stopping = true;
        CloseServers();
        foreach (LoopMember member in _members)
        {
            member.RequestStop();
        }

        CarriedError? cancelled = null;
        while (_running > 0)
        {
            using LoopTask.ScopeMask mask = _owner.CurrentTask!.MaskScopes();
            _allEnded = new WaitFuture(_owner);
            _owner.ExternalWaits++;
            try
            {
                await _allEnded;
            }
            catch (CancelledException e)
            {
                cancelled = CarriedError.Capture(e);
            }
            finally
            {
                _owner.ExternalWaits--;
            }
        }

        _members.ForEach(member => member.Join());
        return cancelled;
    }

    /// <summary>A member's thread is about to end. The owner's thread.</summary>
    private void OnEnded(LoopMember member)
    {
        if (--_running == 0)
        {
            _allEnded?.Release();
        }

        if (member.Error is { } error)
        {
            _loopErrors.Add(error);
            if (!_stopping)
            {
                FailIfALoopHas();
            }
        }
    }

    /// <summary>Ends the block when one of the loops has ended with an error.</summary>
    private void FailIfALoopHas()
    {
        if (_loopErrors.Count > 0)
        {
            _tasks?.Cancel();
        }
    }

    /// <summary>Throws the errors of loops together with those of the block.</summary>
    private void ThrowLoopErrors(CarriedError? error)
    {
        if (_loopErrors.Count == 0)
        {
            return;
        }

        IEnumerable<Exception> others = error?.SourceException switch
        {
            null or OperationCanceledException => [],
            AggregateException several => several.InnerExceptions,
            { } one => [one],
        };
        throw new AggregateException("Loops of a group have failed.", [.. _loopErrors, .. others]);
    }
}
