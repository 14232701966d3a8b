using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>An exception on its way up through coroutines and tasks, with its stack trace so far.</summary>
/// <remarks>
/// Each level throws the exception again, and the runtime copies the whole trace before it adds the level to it. Over
/// n levels that is n² work: a chain of 100,000 coroutines would take minutes to fail. So a trace grows for
/// <see cref="LevelsMax"/> levels. Above them it is thrown on as it was there: it names the innermost levels and
/// the outermost.
/// </remarks>
internal sealed class CarriedError
{
    private const int LevelsMax = 128;

    private readonly ExceptionDispatchInfo _info;
    private readonly int _levels;

    private CarriedError(Exception exception, int levels)
    {
        _info = ExceptionDispatchInfo.Capture(exception);
        _levels = levels;
    }

    public Exception SourceException => _info.SourceException;

    /// <summary>Keeps an exception, with its trace, for whoever is next on its way.</summary>
    public static CarriedError Capture(Exception exception)
    {
        Trampoline trampoline = Trampoline.Current;
        if (trampoline.Thrown is not { } thrown || !ReferenceEquals(thrown.SourceException, exception))
        {
            return new CarriedError(exception, levels: 1);
        }

        trampoline.Thrown = null;
        return thrown._levels < LevelsMax ? new CarriedError(exception, thrown._levels + 1) : thrown;
    }

    /// <summary>Throws the exception; its trace goes on from where it was captured.</summary>
    [DoesNotReturn]
    [StackTraceHidden]
    public void Throw() => ToThrow().Throw();

    /// <summary>What the caller throws at once. Where that is the one who catches it, it costs half.</summary>
    public ExceptionDispatchInfo ToThrow()
    {
        Trampoline trampoline = Trampoline.Current;
        if (trampoline.IsRunning)
        {
            trampoline.Thrown = this;
        }

        return _info;
    }
}
