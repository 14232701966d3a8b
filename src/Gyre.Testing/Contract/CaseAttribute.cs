namespace Gyre.Testing;

/// <summary>Arguments that a check runs with. Each case is a check of its own.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CaseAttribute(params object?[] arguments) : Attribute
{
    public object?[] Arguments => arguments;
}
