namespace Gyre.Tests;

/// <summary>Tests that count allocations or watch what is shared by the whole process: nothing runs beside
/// them.</summary>
[CollectionDefinition(nameof(SequentialCollection), DisableParallelization = true)]
public sealed class SequentialCollection;
