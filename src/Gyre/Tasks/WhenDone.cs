namespace Gyre;

/// <summary>When <c>Aio.Wait</c> returns. asyncio: the <c>return_when</c> of <c>wait</c>.</summary>
public enum WhenDone
{
    /// <summary>When every future is done. asyncio: <c>ALL_COMPLETED</c>.</summary>
    All,

    /// <summary>When any future is done. asyncio: <c>FIRST_COMPLETED</c>.</summary>
    First,

    /// <summary>When any future has failed, or all are done. A cancelled one has not failed.
    /// asyncio: <c>FIRST_EXCEPTION</c>.</summary>
    FirstException,
}
