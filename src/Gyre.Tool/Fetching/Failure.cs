namespace Gyre.Tool;

/// <summary>Why a try failed.</summary>
/// <param name="Text">One line for people.</param>
/// <param name="MayPass">Whether another try may well end better.</param>
internal sealed record Failure(string Text, bool MayPass);
