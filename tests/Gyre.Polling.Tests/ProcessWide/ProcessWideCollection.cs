namespace Gyre.Polling.Tests;

/// <summary>Tests that look at, or limit, what the whole process has. They run alone.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class ProcessWideCollection;
