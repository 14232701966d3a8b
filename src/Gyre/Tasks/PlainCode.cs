using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Gyre;

/// <summary>Reads off the BCL's tasks which plain code awaits which.</summary>
/// <remarks>
/// The BCL has no door for this. The two fields are the ones that debuggers walk (SOS's <c>dumpasync</c>, the Tasks
/// windows), so their names are as good as fixed. Where one is missing, the answer is "not known". Asked
/// only when something is cancelled or shown.
/// </remarks>
internal static class PlainCode
{
    /// <summary>How many levels of plain methods are followed.</summary>
    private const int LevelsMax = 1000;

    private static readonly FieldInfo? s_continuationOfTask =
        typeof(Task).GetField("m_continuationObject", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly FieldInfo? s_actionOfContinuation =
        Type.GetType("System.Threading.Tasks.AwaitTaskContinuation, System.Private.CoreLib")
            ?.GetField("m_action", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>False when it is certain that the await does not depend on the plain code with this
    /// continuation: nobody awaits the code, or somebody else does.</summary>
    public static bool MayLeadTo(Action continuation, ForeignWait part)
    {
        object? at = continuation.Target;
        for (int level = 0; level < LevelsMax; level++)
        {
            if (at is ForeignWait end)
            {
                return end == part;
            }

            // Who enumerates an iterator is known to the iterator alone.
            if (at is not Task task || IsIterator(task) || s_continuationOfTask is null)
            {
                return true;
            }

            at = AwaiterOf(task);
            if (at is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The compiler's types for the plain methods that wait, the innermost first.</summary>
    public static IEnumerable<Type> StateMachines(Action continuation)
    {
        object? at = continuation.Target;
        for (int level = 0; level < LevelsMax && at is Task task; level++)
        {
            if (StateMachine(task) is { } type)
            {
                yield return type;
            }

            at = AwaiterOf(task);
        }
    }

    private static object? AwaiterOf(Task task)
    {
        object? continuation = s_continuationOfTask?.GetValue(task);
        if (continuation is not null && s_actionOfContinuation?.DeclaringType?.IsInstanceOfType(continuation) == true)
        {
            continuation = s_actionOfContinuation.GetValue(continuation);
        }

        return continuation is Action action ? action.Target : continuation;
    }

    private static bool IsIterator(Task task) => StateMachine(task)?.IsAssignableTo(typeof(IValueTaskSource<bool>)) == true;

    // The task of an async method is a box around its state machine, a generic type with that as the last argument.
    private static Type? StateMachine(Task task) =>
        task.GetType().GenericTypeArguments is [.., { } last] && last.IsAssignableTo(typeof(IAsyncStateMachine)) ? last : null;
}
