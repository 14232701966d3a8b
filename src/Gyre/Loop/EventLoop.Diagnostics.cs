using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gyre;

public sealed partial class EventLoop
{
    private static int s_debugLoops;

    private bool _debug;
    private TimeSpan _slowCallbackDuration = TimeSpan.FromMilliseconds(100);
    private Action<EventLoop, ExceptionContext>? _exceptionHandler;

    /// <summary>Whether the loop checks for mistakes: calls from the wrong thread, coroutines used twice.</summary>
    /// <remarks>Loop thread only. Costs speed. asyncio: <c>get_debug</c>, <c>set_debug</c>.</remarks>
    public bool Debug
    {
        get => _debug;
        set
        {
            if (_debug != value)
            {
                _debug = value;
                Interlocked.Add(ref s_debugLoops, value ? 1 : -1);
            }
        }
    }

    /// <summary>How long a callback, or a task's step, may take in debug mode before a warning is raised.</summary>
    /// <value>100 ms by default, by the loop's clock. Zero: everything is reported.</value>
    /// <remarks>Loop thread only. The warnings go to <see cref="RuntimeWarnings"/>. While one callback runs,
    /// everything else waits. asyncio: <c>slow_callback_duration</c>.</remarks>
    public TimeSpan SlowCallbackDuration
    {
        get => _slowCallbackDuration;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            AssertOnLoop();
            _slowCallbackDuration = value;
        }
    }

    /// <summary>The errors of futures that nobody has looked at yet. Null, and not kept, unless a test asks for
    /// it.</summary>
    /// <remarks>So a test need not wait for the collector to hear of them.</remarks>
    internal HashSet<object>? UnseenErrors { get; set; }

    /// <summary>Whether any loop of the process is in debug mode.</summary>
    internal static bool AnyDebug => Volatile.Read(ref s_debugLoops) > 0;

    /// <summary>Hears of errors that no caller can receive. Null means <see cref="DefaultExceptionHandler"/>.</summary>
    /// <remarks>Loop thread only. Runs in the context of what failed. asyncio: <c>set_exception_handler</c>.</remarks>
    public Action<EventLoop, ExceptionContext>? ExceptionHandler
    {
        get => _exceptionHandler;
        set
        {
            AssertOnLoop();
            _exceptionHandler = value;
        }
    }

    /// <summary>Writes the error to standard error. asyncio: <c>default_exception_handler</c>.</summary>
    /// <remarks>Any thread. A handler of your own may call it for what it does not handle.</remarks>
    [SuppressMessage("Performance", "CA1822", Justification = "A loop's handler, replaceable for each loop.")]
    public void DefaultExceptionHandler(ExceptionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string text;
        try
        {
            text = context.ToString();
        }
        catch (Exception e)
        {
            // An object of the user's that cannot even say its name must not hide the error, nor end the loop.
            text = $"{context.Message} ({context.Exception?.GetType().Name}; describing it threw {e.GetType().Name})";
        }

        ErrorOutput.WriteLine("gyre: " + text);
    }

    /// <summary>Reports an error to the exception handler. asyncio: <c>call_exception_handler</c>.</summary>
    /// <remarks>Loop thread only. A handler that throws is reported by the default one, with the error it was given:
    /// neither is lost.</remarks>
    public void CallExceptionHandler(ExceptionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_exceptionHandler is not { } handler)
        {
            DefaultExceptionHandler(context);
            return;
        }

        try
        {
            handler(this, context);
        }
        catch (Exception e)
        {
            DefaultExceptionHandler(context);
            DefaultExceptionHandler(new ExceptionContext
            {
                Message = "The exception handler itself threw, while it handled the error above.",
                Exception = e,
                Source = this,
            });
        }
    }

    /// <summary>Reports from any thread, the finaliser's too. A closed loop's reports go to the default
    /// handler.</summary>
    /// <param name="context">What happened.</param>
    /// <param name="runIn">The context that the handler runs in; that in which the loop was made when null.</param>
    internal void ReportThreadSafe(ExceptionContext context, ExecutionContext? runIn = null)
    {
        if (!TryPostThreadSafe(
            Callbacks.ActionWithState,
            (Action<object?>)(state => CallExceptionHandler((ExceptionContext)state!)),
            context,
            runIn ?? _madeIn))
        {
            DefaultExceptionHandler(context);
        }
    }

    /// <summary>In debug mode: throws when the loop runs and this is not its thread.</summary>
    internal void AssertOnLoop()
    {
        if (_debug && t_running != this && IsRunning)
        {
            throw new InvalidOperationException(
                "Called from a thread that does not run this loop. Use CallSoonThreadSafe to get there.");
        }
    }

    private void ExecuteTimed(in ReadyEntry entry)
    {
        // A timer lets go of its callback when it runs it.
        object source = entry.NamedAs;
        ResumedInTurn = null;
        long start = NowTicks;
        try
        {
            entry.Execute();
        }
        finally
        {
            var taken = new TimeSpan(NowTicks - start);
            if (taken >= _slowCallbackDuration && entry.Item != Callbacks.Cancelled)
            {
                RaiseSlow(ResumedInTurn ?? source, taken);
            }
        }
    }

    private static void RaiseSlow(object source, TimeSpan taken)
    {
        string name = source is Delegate callback ? CallbackName.Of(callback) : $"{source}";
        string seconds = taken.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        RuntimeWarnings.Raise($"{name} held up the loop for {seconds} s");
    }

    private void ReportCallbackError(Exception error, in ReadyEntry entry) =>
        CallExceptionHandler(new ExceptionContext
        {
            Message = "A callback threw an exception.",
            Exception = error,
            Source = entry.Source,
        });
}
