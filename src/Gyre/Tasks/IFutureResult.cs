namespace Gyre;

/// <summary>A future with a result of a known type: <see cref="Future{T}"/> and <see cref="LoopTask{T}"/>.</summary>
internal interface IFutureResult<out T>
{
    T Result { get; }
}
