using CsCheck;

namespace Gyre.Tests.Coroutines;

/// <summary>Random programs of coroutines: whatever they do, each call gets its own result, and nobody
/// else's.</summary>
/// <remarks>The expected value is computed by the same program without coroutines.</remarks>
public class CoroutinePoolTests
{
    private static readonly Gen<Node> s_programs = Gen.Recursive<Node>((depth, child) => depth > 5
        ? Leaf
        : Gen.Frequency(
            (3, Leaf),
            (3, Gen.Select(Gen.Int[0, 3], child.Array[1, 4], (kind, children) => new Node((Kind)(4 + kind), 0, children)))));

    private enum Kind
    {
        Value,
        Yield,
        Sleep,
        Throw,
        Sum,
        Catch,
        Gather,
        CancelledTask,
    }

    private static Gen<Node> Leaf => Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, 1000], static (kind, value) => new Node((Kind)kind, value, []));

    [Fact]
    public void AnyProgram_GivesEachCallItsOwnResult() => s_programs.Sample(
        program =>
        {
            (int value, bool failed) expected = Expect(program);
            using var test = new TestLoop();
            (int, bool) actual = test.Run(async () => await Outcome(program));
            Assert.Equal(expected, actual);
            Assert.Empty(test.Reports);
        },
        iter: 2_000);

    [Fact]
    public void ManyPrograms_AtOnceOnOneLoop_DoNotMix() => s_programs.Array[5, 20].Sample(
        programs =>
        {
            using var test = new TestLoop();
            (int, bool)[] actual = test.Run(async () => await Aio.Gather(programs.Select(Outcome)));
            Assert.Equal(programs.Select(Expect), actual);
        },
        iter: 300);

    private static (int Value, bool Failed) Expect(Node node)
    {
        switch (node.Kind)
        {
            case Kind.Throw:
                return (node.Value, true);
            case Kind.Sum or Kind.Gather:
                int sum = 0;
                foreach (Node child in node.Children)
                {
                    (int value, bool failed) = Expect(child);
                    if (failed)
                    {
                        return (value, true);
                    }

                    sum += value;
                }

                return (sum, false);
            case Kind.Catch:
                return (node.Children.Sum(child => Expect(child).Value), false);
            case Kind.CancelledTask:
                return (-1, false);
            default:
                return (node.Value, false);
        }
    }

    private static async Coroutine<(int Value, bool Failed)> Outcome(Node node)
    {
        try
        {
            return (await Evaluate(node), false);
        }
        catch (ValueException e)
        {
            return (e.Value, true);
        }
    }

    private static async Coroutine<int> Evaluate(Node node)
    {
        switch (node.Kind)
        {
            case Kind.Yield:
                await Aio.Yield();
                return node.Value;
            case Kind.Sleep:
                return await Aio.Sleep(node.Value.Milliseconds(), node.Value);
            case Kind.Throw:
                await Aio.Sleep((node.Value % 3).Milliseconds());
                throw new ValueException(node.Value);
            case Kind.Sum:
                return await Sum(node.Children);
            case Kind.Catch:
                return await Catch(node.Children);
            case Kind.Gather:
                return await InOrder(node.Children);
            case Kind.CancelledTask:
                return await Cancel(node.Children[0]);
            default:
                return node.Value;
        }
    }

    private static async Coroutine<int> Sum(Node[] children)
    {
        int sum = 0;
        foreach (Node child in children)
        {
            sum += await Evaluate(child);
        }

        return sum;
    }

    private static async Coroutine<int> Catch(Node[] children)
    {
        int sum = 0;
        foreach (Node child in children)
        {
            (int value, _) = await Outcome(child);
            sum += value;
        }

        return sum;
    }

    /// <summary>All at once; the first failure in the order of the list counts, as in the model.</summary>
    private static async Coroutine<int> InOrder(Node[] children)
    {
        Outcome<int>[] outcomes = await Aio.GatherOutcomes([.. children.Select(child => Evaluate(child))]);
        return outcomes.Sum(outcome => outcome.Result);
    }

    /// <summary>Ends a task in the middle of whatever it does, and with it every coroutine inside it.</summary>
    private static async Coroutine<int> Cancel(Node child)
    {
        LoopTask task = Aio.CreateTask(Endless(child));
        try
        {
            await Aio.Sleep((child.Value % 5).Milliseconds());
        }
        finally
        {
            task.Cancel();
            await Aio.Wait([task]);
        }

        return task.IsCancelled ? -1 : -2;
    }

    private static async Coroutine Endless(Node child)
    {
        while (true)
        {
            await Outcome(child);
            await Aio.Sleep(1.Milliseconds());
        }
    }

    private sealed record Node(Kind Kind, int Value, Node[] Children)
    {
        public override string ToString() =>
            Children.Length == 0 ? $"{Kind}({Value})" : $"{Kind}({string.Join(", ", (object[])Children)})";
    }

    private sealed class ValueException(int value) : Exception
    {
        public int Value => value;
    }
}
