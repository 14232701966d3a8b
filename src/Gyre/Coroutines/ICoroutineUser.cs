namespace Gyre;

/// <summary>What is done with a coroutine whose result type is only known to its box.</summary>
internal interface ICoroutineUser
{
    object Use<T>(Coroutine<T> coroutine);
}
