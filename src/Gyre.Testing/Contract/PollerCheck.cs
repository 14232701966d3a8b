using System.Globalization;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>One promise of the contract of <see cref="Poller"/>, and the way to see whether a poller keeps it.</summary>
public sealed class PollerCheck
{
    /// <summary>A check waits for several things, each for so long as the caller's patience lasts.</summary>
    private const int WaitsOfACheck = 4;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly MethodInfo _method;
    private readonly object?[] _arguments;

    private PollerCheck(MethodInfo method, string clause, object?[] arguments)
    {
        _method = method;
        _arguments = arguments;
        Clause = clause;
        Name = arguments.Length == 0 ? method.Name : $"{method.Name}({string.Join(", ", arguments.Select(Text))})";
    }

    /// <summary>For example <c>StopReceiving_BytesArrive_NextStartGetsThem</c>, with its arguments if it has
    /// any.</summary>
    public string Name { get; }

    /// <summary>What is promised, in a sentence.</summary>
    public string Clause { get; }

    /// <summary>Runs the check with a new poller.</summary>
    /// <param name="create">Makes the poller. Called once, on the thread that the poller will belong to. The check
    /// disposes the poller.</param>
    /// <param name="patience">How long it waits for one thing to happen, more than zero, by default 30 s. It only
    /// matters when the check fails.</param>
    /// <returns>Null when the poller keeps the promise, or the reason why nothing can be said here: this machine
    /// has no IPv6, for example.</returns>
    /// <remarks>Blocks. What the poller's sinks are called with happens on a thread of the check's own; a check that
    /// hangs leaves it behind.</remarks>
    /// <exception cref="PollerContractException">The poller breaks the promise. Other exceptions are those of
    /// <paramref name="create"/>.</exception>
    public string? Run(Func<Poller> create, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        TimeSpan limit = patience ?? s_patience;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(patience));
        string? lack = null;
        Exception? failure = null;
        ExceptionDispatchInfo? refusal = null;
        var thread = new Thread(Run) { IsBackground = true, Name = Name };
        thread.Start();
        if (!thread.Join(limit * WaitsOfACheck))
        {
            throw new PollerContractException(
                this, $"It hangs: after {limit * WaitsOfACheck} a call of the poller or of a peer has not returned.");
        }

        refusal?.Throw();
        return failure is null ? lack : throw new PollerContractException(this, failure.Message, failure);

        void Run()
        {
            Poller poller;
            try
            {
                poller = create();
            }
            catch (Exception error)
            {
                refusal = ExceptionDispatchInfo.Capture(error);
                return;
            }

            try
            {
                PollerContract.Run(poller, limit, _method, _arguments);
            }
            catch (DoesNotApplyException reason)
            {
                lack = reason.Message;
            }
            catch (Exception error)
            {
                failure = error;
            }
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The checks that a method is: none, one, or one for each of its cases.</summary>
    internal static IEnumerable<PollerCheck> Of(MethodInfo method)
    {
        if (method.GetCustomAttribute<ClauseAttribute>() is not { } clause)
        {
            return [];
        }

        CaseAttribute[] cases = [.. method.GetCustomAttributes<CaseAttribute>()];
        return cases.Length == 0
            ? [new PollerCheck(method, clause.Text, [])]
            : cases.Select(one => new PollerCheck(method, clause.Text, one.Arguments));
    }

    private static string Text(object? argument) =>
        Convert.ToString(argument, CultureInfo.InvariantCulture)!.ToLowerInvariant();
}
