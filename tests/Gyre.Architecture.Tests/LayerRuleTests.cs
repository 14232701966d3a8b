using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class LayerRuleTests
{
    private static readonly SourceFile s_loop = File("src/Gyre/Loop/Loop.cs", """
        namespace Gyre;
        public class Loop { public int Now; }
        """);

    private static readonly SourceFile s_queue = File("src/Gyre/Synchronization/Queue.cs", """
        namespace Gyre;
        public class Queue
        {
            public Loop Loop = new();
            public static int Count => 1;
        }
        public static class LoopQueues
        {
            extension(Loop loop) { public Queue NewQueue() => new Queue(); }
            public static System.Runtime.CompilerServices.TaskAwaiter GetAwaiter(this Loop loop) =>
                System.Threading.Tasks.Task.CompletedTask.GetAwaiter();
        }
        """);

    [Fact]
    public void Check_DownwardUses_ArePermitted()
    {
        SourceFile face = File("src/Gyre/Aio.cs", """
            namespace Gyre;
            public static class Aio { public static int Now(Queue queue) => queue.Loop.Now; }
            """);
        AssertFinds(LayerRule.Check([s_loop, s_queue, face]));
    }

    [Fact]
    public void Check_TypeOfAnUpperLayer_IsFound()
    {
        SourceFile task = File("src/Gyre/Tasks/Work.cs", """
            namespace Gyre;
            public class Work
            {
                public int Length => Queue.Count;
                private Queue? _queue;
            }
            """);
        AssertFinds(
            LayerRule.Check([s_loop, s_queue, task]),
            (task.Path, 4, "Tasks uses Queue of Synchronization"),
            (task.Path, 4, "Tasks uses Queue.Count of Synchronization"),
            (task.Path, 5, "Tasks uses Queue of Synchronization"));
    }

    [Fact]
    public void Check_ExtensionOfAnUpperLayer_IsFound()
    {
        SourceFile task = File("src/Gyre/Tasks/Work.cs", """
            namespace Gyre;
            public class Work
            {
                public object Make(Loop loop) => loop.NewQueue();
                public async System.Threading.Tasks.Task Wait(Loop loop) => await loop;
            }
            """);
        AssertFinds(
            LayerRule.Check([s_loop, s_queue, task]),
            (task.Path, 4, "NewQueue"),
            (task.Path, 5, "GetAwaiter"));
    }

    [Fact]
    public void Check_InferredTypeOfAnUpperLayer_IsFound()
    {
        SourceFile task = File("src/Gyre/Tasks/Work.cs", """
            namespace Gyre;
            public class Work
            {
                public void Make(Loop loop)
                {
                    var queue = loop.NewQueue();
                }
            }
            """);
        AssertFinds(
            LayerRule.Check([s_loop, s_queue, task]),
            (task.Path, 6, "NewQueue"),
            (task.Path, 6, "Tasks uses Queue of Synchronization"));
    }

    [Fact]
    public void Check_UseOfTheFace_IsFound()
    {
        SourceFile face = File("src/Gyre/Aio.cs", "public static class Aio { public static void Run() { } }");
        SourceFile stream = File("src/Gyre/Streams/Reader.cs", "public class Reader { void Go() => Aio.Run(); }");
        AssertFinds(
            LayerRule.Check([face, stream]),
            (stream.Path, 1, "Streams uses Aio of the root"),
            (stream.Path, 1, "Streams uses Aio.Run() of the root"));
    }

    [Fact]
    public void Check_MentionInADocumentationComment_IsNoUse()
    {
        SourceFile task = File("src/Gyre/Tasks/Work.cs", """
            namespace Gyre;
            /// <summary>See <see cref="Queue"/>.</summary>
            public class Work;
            """);
        AssertFinds(LayerRule.Check([s_loop, s_queue, task]));
    }

    [Fact]
    public void Check_TypeInTwoLayers_IsFound()
    {
        SourceFile lower = File("src/Gyre/Loop/A.cs", "public partial class A { }");
        SourceFile upper = File("src/Gyre/Tasks/A.More.cs", "public partial class A { }");
        AssertFinds(LayerRule.Check([lower, upper]), (lower.Path, 0, "the parts of A are in Loop and Tasks"));
    }

    [Fact]
    public void Check_UnknownFolder_IsFound()
    {
        SourceFile odd = File("src/Gyre/Helpers/Odd.cs", "public class Odd;");
        AssertFinds(LayerRule.Check([odd]), (odd.Path, 0, "its folder is no layer"));
    }

    [Fact]
    public void Check_CodeThatDoesNotBind_IsReported()
    {
        SourceFile broken = File("src/Gyre/Loop/Broken.cs", "public class Broken { private Missing? _missing; }");
        AssertFinds(LayerRule.Check([broken]), (broken.Path, 1, "CS0246"));
    }
}
