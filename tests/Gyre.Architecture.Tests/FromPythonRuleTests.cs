using static Gyre.Architecture.Tests.RuleTesting;

namespace Gyre.Architecture.Tests;

public class FromPythonRuleTests
{
    private static readonly SourceFile s_page = File("docs/page.md", """
        | asyncio | Gyre | differences |
        |---|---|---|
        | `sleep`, `gather` | `Aio.Sleep`, `Aio.Collect` | `anything` |
        | `sleep` | `EventLoop.CreateTask` | |

        | asyncio | instead |
        |---|---|
        | `snooze` | `NoSuchThing` |
        """);

    [Fact]
    public void PythonNames_MissingTwiceOrUnknown_AreFound() => AssertFinds(
        FromPythonRule.PythonNames(s_page, ["sleep", "gather", "wait"]),
        ("docs/page.md", 4, "sleep has a row already, in line 3"),
        ("docs/page.md", 8, "snooze is not a name"),
        ("docs/page.md", 0, "wait of asyncio is in no table"));

    [Fact]
    public void GyreNames_ThatAreNotThere_AreFound() =>
        AssertFinds(FromPythonRule.GyreNames(s_page), ("docs/page.md", 3, "Aio.Collect is no public name"));

    [Theory]
    [InlineData("LoopQueue<T>", true)]
    [InlineData("LoopQueue", false)]
    [InlineData("LoopQueue<T>.PutAsync", true)]
    [InlineData("LoopPriorityQueue<T>.PutAsync", true)]
    [InlineData("LoopQueue<T>.Push", false)]
    [InlineData("EventLoop.CreateTask", true)]
    [InlineData("EventLoop.CurrentTask", true)]
    [InlineData("LoopTask<T>.AsTask", true)]
    [InlineData("LoopTask.CreateTask", false)]
    [InlineData("WhenDone.First", true)]
    [InlineData("CoroutineBox", false)]
    [InlineData("AsyncLocal<T>.Value", true)]
    [InlineData("TimeoutException", true)]
    [InlineData("not a name", false)]
    public void Exists_Name_IsPublicOrNot(string name, bool expected) =>
        Assert.Equal(expected, ApiNames.Exists(name));
}
