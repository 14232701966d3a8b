namespace Gyre;

/// <summary>Finds a method's name in the name that the compiler gave to its state machine.</summary>
internal static class StateMachineName
{
    /// <summary>For <c>&lt;FetchAsync&gt;d__5</c>: <c>FetchAsync</c>.</summary>
    public static string Of(Type stateMachine)
    {
        string name = stateMachine.Name;
        int open = name.LastIndexOf('<');
        int close = name.IndexOf('>', Math.Max(open, 0));
        return open >= 0 && close > open + 1 ? name[(open + 1)..close] : name;
    }
}
