namespace Gyre;

// A shielded scope keeps everything from outside away from what is inside: cancelled scopes around it, and
// requests to the task. Cancelled scopes are found by looking outwards, so a shield only has to stop the
// look. Requests are counted in the task, and blocks inside compare that count, so a shield takes the outer
// ones off the count and gives them back.
//
//   request ──▶ no shield inside the place it is aimed at ──▶ counted in the task, delivered
//           └─▶ the outermost such shield ──▶ held there ──lowered or left──▶ counted, delivered
public sealed partial class CancelScope
{
    private readonly int _requestsBefore;

    // Requests aimed at a place outside this scope. Without a shield, the task counts them; with one, it does
    // not.
    private int _requestsOutside;

    // Those of them that were never delivered, and the message of the last.
    private int _held;
    private string? _heldMessage;
    private bool _shield;

    /// <summary>Whether the scope keeps cancellation from outside away from what is inside. It may be changed
    /// at any time.</summary>
    /// <remarks>What it holds off arrives when the shield is lowered or the block is left. Its own
    /// <see cref="Cancel"/> and deadline, and blocks inside it, are not held off. trio:
    /// <c>shield</c>.</remarks>
    public bool Shield
    {
        get => _shield;
        set
        {
            _owner.Loop.AssertOnLoop();
            if (_shield == value || _state == ScopeState.Ended)
            {
                return;
            }

            if (value)
            {
                KeepOut();
            }
            else
            {
                LetIn();
            }

            RefreshInside();
        }
    }

    /// <summary>Counts a request for a task in the scopes that it passes, unless a shield is in its
    /// way.</summary>
    /// <returns>False when there is a shield; then nothing was counted.</returns>
    internal static bool TryPass(LoopTask task) =>
        OutermostShield(task, place: null) is null && !TryHold(task, place: null, message: null);

    /// <summary>Counts a request in the scopes that it comes to, and keeps it in a shielded one if there is
    /// one.</summary>
    /// <param name="task">The task that is to be cancelled.</param>
    /// <param name="place">The request is for what the task does inside this scope; null for all that it
    /// does.</param>
    /// <param name="message">The message of the request.</param>
    /// <returns>False when no shield is in the way.</returns>
    internal static bool TryHold(LoopTask task, CancelScope? place, string? message)
    {
        CancelScope? shield = OutermostShield(task, place);
        CancelScope? innermost = shield ?? task.Scope;
        for (CancelScope? scope = innermost; scope != place && scope?._owner == task; scope = scope._outer)
        {
            scope._requestsOutside++;
        }

        if (shield is null)
        {
            return false;
        }

        shield._held++;
        shield._heldMessage = message;
        return true;
    }

    private static CancelScope? OutermostShield(LoopTask task, CancelScope? place)
    {
        CancelScope? shield = null;
        for (CancelScope? scope = task.Scope; scope != place && scope?._owner == task; scope = scope._outer)
        {
            if (scope._shield)
            {
                shield = scope;
            }
        }

        return shield;
    }

    private void KeepOut()
    {
        CancelScope? inner = OutermostShield(_owner, place: this);
        if (inner is null)
        {
            // The body may have answered requests from outside with Uncancel.
            _requestsOutside = Math.Min(_requestsOutside, _owner.Requests);
            if (_owner.HasPendingRequest && _owner.Requests == _requestsOutside)
            {
                _held++;
                _heldMessage = _owner.TakePendingRequest();
            }
        }
        else if (inner._held > 0)
        {
            _held = Math.Min(inner._held, _requestsOutside);
            _heldMessage = inner._heldMessage;
            inner._held -= _held;
        }

        _shield = true;
        Pass(inner, -_requestsOutside);
    }

    /// <summary>Lowers the shield, if there is one.</summary>
    /// <returns>How many requests are now on their way that the shield had held.</returns>
    private int LetIn()
    {
        if (!_shield)
        {
            return 0;
        }

        _shield = false;
        CancelScope? inner = OutermostShield(_owner, place: this);
        Pass(inner, _requestsOutside);
        (int held, _held) = (_held, 0);
        if (held == 0)
        {
            return 0;
        }

        if (inner is null)
        {
            _owner.DeliverHeldRequest(_heldMessage);
        }
        else
        {
            inner._held += held;
            inner._heldMessage = _heldMessage;
        }

        return held;
    }

    /// <summary>Moves requests across this scope's border, up to the next shield inside or to the task
    /// itself.</summary>
    private void Pass(CancelScope? innerShield, int count)
    {
        CancelScope? innermost = innerShield ?? _owner.Scope;
        for (CancelScope? scope = innermost; scope != this && scope is not null; scope = scope._outer)
        {
            scope._requestsOutside += count;
        }

        if (innerShield is null)
        {
            _owner.Requests += count;
        }
    }
}
