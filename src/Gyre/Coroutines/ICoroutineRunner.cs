namespace Gyre;

/// <summary>What runs a chain of coroutines: a task, seen from below.</summary>
internal interface ICoroutineRunner
{
    /// <summary>Suspends at <paramref name="leaf"/>, which awaits something that is not of this library.</summary>
    /// <returns>What that something must call once, on any thread, when it has ended.</returns>
    Action SuspendForeign(CoroutineBox leaf);

    /// <summary>Suspends at <paramref name="leaf"/> until everything that is ready now has run. What it awaited has
    /// ended.</summary>
    void GiveWay(CoroutineBox leaf);

    /// <summary>What was to be awaited threw instead of taking the action: the chain runs on.</summary>
    void AbandonForeign();
}
