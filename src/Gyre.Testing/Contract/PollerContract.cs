using System.Reflection;
using Gyre.Polling;

namespace Gyre.Testing;

/// <summary>What every <see cref="Poller"/> promises, as checks that a poller passes or fails. For people who write a
/// poller of their own, with any test framework.</summary>
/// <remarks>The checks need loopback connections. Each makes its own poller, so they may run at the same
/// time.</remarks>
public sealed partial class PollerContract
{
    // How to add a check: write a method without a result into a part of this class, PollerContract.<What>.cs, and
    // put [Clause("What is promised.")] above it, and a [Case(…)] for each set of arguments if it has any. That is
    // all: every backend is checked by it from then on, as is everybody else's poller. It runs on a thread of its own,
    // which is the poller's; what must block goes to InBackground. It looks at what happened through Expect, and calls
    // Expect.Applies where a machine or a poller may lack what it needs. A check that no broken poller fails proves
    // nothing: PollerContractTests (tests/Gyre.Polling.Tests/Contract) has such pollers, and room for another.

    private PollerContract(PollerHarness harness) => Harness = harness;

    /// <summary>All checks, by name.</summary>
    public static IReadOnlyList<PollerCheck> Checks { get; } =
    [
        .. typeof(PollerContract)
            .GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .SelectMany(PollerCheck.Of)
            .OrderBy(check => check.Name, StringComparer.Ordinal),
    ];

    private PollerHarness Harness { get; }

    private Poller Poller => Harness.Poller;

    /// <summary>The check of a name.</summary>
    /// <param name="name">As in <see cref="PollerCheck.Name"/>.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PollerCheck GetCheck(string name) =>
        Checks.FirstOrDefault(check => check.Name == name)
            ?? throw new ArgumentException(
                $"There is no check '{name}'. {nameof(PollerContract)}.{nameof(Checks)} lists them.", nameof(name));

    /// <summary>Runs all checks, one after the other.</summary>
    /// <param name="create">Makes a poller. Called once for each check, on the thread that the poller will
    /// belong to.</param>
    /// <param name="patience">How long a check waits for one thing to happen, by default 30 s.</param>
    /// <exception cref="AggregateException">Some failed: a <see cref="PollerContractException"/> for each.</exception>
    public static void Verify(Func<Poller> create, TimeSpan? patience = null)
    {
        List<PollerContractException> failures = [];
        foreach (PollerCheck check in Checks)
        {
            try
            {
                check.Run(create, patience);
            }
            catch (PollerContractException failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException($"The poller fails {failures.Count} of {Checks.Count} checks.", failures);
        }
    }

    internal static void Run(Poller poller, TimeSpan patience, MethodInfo check, object?[] arguments)
    {
        using var harness = new PollerHarness(poller, patience);
        check.Invoke(
            new PollerContract(harness), BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null);
    }

    /// <summary>Bytes that differ from place to place, so that a lost, doubled or moved piece
    /// shows.</summary>
    private static byte[] Pattern(int length)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
        }

        return bytes;
    }

    /// <summary>Runs something on a thread of its own. The check stays on its thread, which is the
    /// poller's.</summary>
    private BackgroundWork InBackground(Action action) => new(action, Harness.Patience);
}
