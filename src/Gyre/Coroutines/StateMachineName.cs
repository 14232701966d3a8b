namespace Gyre;

/// <summary>Finds a method's name in the name that the compiler gave to its state machine.</summary>
internal static class StateMachineName
{
    private const string LocalFunctionMark = "g__";
    private const string LambdaMark = "b__";
    private const string ProgramMark = "$>";

    /// <summary>For <c>&lt;FetchAsync&gt;d__5</c>: <c>FetchAsync</c>. For a local function its own name, and for a
    /// lambda
    /// <c>lambda in FetchAsync</c>.</summary>
    public static string Of(Type stateMachine) => Of(stateMachine.Name);

    /// <param name="name">A name that the compiler gave to a state machine, or to the method of a local function or
    /// a lambda. Any other name stays as it is.</param>
    public static string Of(string name)
    {
        int open = name.LastIndexOf('<');
        int close = name.IndexOf('>', Math.Max(open, 0));
        if (open < 0 || close <= open + 1)
        {
            return name;
        }

        // A local function's state machine is <<Method>g__Local|0_1>d, a lambda's <<Method>b__0_1>d.
        string method = name[(open + 1)..close];
        ReadOnlySpan<char> rest = name.AsSpan(close + 1);
        if (rest.StartsWith(ProgramMark, StringComparison.Ordinal))
        {
            // The method around the functions of a program without one is called <Main>$.
            rest = rest[ProgramMark.Length..];
        }

        if (rest.StartsWith(LocalFunctionMark, StringComparison.Ordinal) && rest.IndexOf('|') is int end and > 0)
        {
            return rest[LocalFunctionMark.Length..end].ToString();
        }

        return rest.StartsWith(LambdaMark, StringComparison.Ordinal) ? "lambda in " + method : method;
    }
}
