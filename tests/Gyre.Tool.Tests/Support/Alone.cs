namespace Gyre.Tool.Tests;

/// <summary>The tests that measure: they run when no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
