namespace Gyre.Testing;

/// <summary>Makes a method of <see cref="PollerContract"/> a check.</summary>
/// <param name="text">What is promised, in a sentence.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClauseAttribute(string text) : Attribute
{
    public string Text => text;
}
