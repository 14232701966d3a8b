namespace Gyre;

/// <summary>An awaiter whose first field, and only reference, is the box of the coroutine that is awaited.</summary>
/// <remarks>The runtime lays a struct out so that its references come first.</remarks>
internal interface ICoroutineAwaiter;
