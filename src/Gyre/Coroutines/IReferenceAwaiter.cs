namespace Gyre;

/// <summary>An awaiter that is nothing but a reference to what is awaited, an <see cref="ISuspendsLeaf"/>.</summary>
internal interface IReferenceAwaiter;
