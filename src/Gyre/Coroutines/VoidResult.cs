namespace Gyre;

/// <summary>The result of what has no result.</summary>
internal readonly struct VoidResult;
