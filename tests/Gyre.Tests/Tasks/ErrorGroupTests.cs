using static Gyre.Tests.Virtual;

namespace Gyre.Tests.Tasks;

/// <summary>The errors of a group, taken apart as Python's <c>ExceptionGroup</c> and <c>except*</c> do.</summary>
public class ErrorGroupTests
{
    private static readonly FormatException s_format = new("f");
    private static readonly InvalidDataException s_data = new("d");
    private static readonly TimeoutException s_timeout = new("t");
    private static readonly AggregateException s_nested = new(
        "outer", s_format, new AggregateException("inner", s_data, new FileNotFoundException("n")), s_timeout);

    /// <summary>CPython: ExceptionGroupSubgroupTests.test_basics_subgroup_by_type__no_match,
    /// ExceptionGroupSplitTests.test_basics_split_by_type__no_match.</summary>
    [Fact]
    public void Split_WhereNothingMatches_IsAllRest()
    {
        var (matching, rest) = s_nested.Split<OverflowException>();
        Assert.Null(matching);
        Assert.Same(s_nested, rest);
        Assert.Null(s_nested.Subgroup<OverflowException>());
    }

    /// <summary>CPython: ExceptionGroupSplitTests.test_basics_split_by_type__passthrough.</summary>
    [Fact]
    public void Split_WhereTheGroupItselfMatches_IsTheGroup()
    {
        Assert.Equal((s_nested, null), s_nested.Split<AggregateException>());
        Assert.Equal((s_nested, null), s_nested.Split<Exception>());
        Assert.Equal((s_nested, null), s_nested.Split(_ => true));
    }

    /// <summary>CPython: ExceptionGroupSplitTests.test_basics_split_by_type__match; the parts keep the
    /// message.</summary>
    [Fact]
    public void Split_ByType_KeepsOrderAndMessage()
    {
        var (matching, rest) = s_nested.Split<FormatException>();
        Assert.Same(s_format, Assert.Single(matching!.InnerExceptions));
        Assert.Equal("outer (f)", matching.Message);
        Assert.Equal(2, rest!.InnerExceptions.Count);
        Assert.Same(s_timeout, rest.InnerExceptions[1]);
        Assert.Same(s_nested.InnerExceptions[1], rest.InnerExceptions[0]);
    }

    /// <summary>CPython: NestedExceptionGroupSplitTest.test_split_by_type.</summary>
    [Fact]
    public void Split_InsideANestedGroup_KeepsTheNesting()
    {
        var (matching, rest) = s_nested.Split<InvalidDataException>();
        var inner = Assert.IsType<AggregateException>(Assert.Single(matching!.InnerExceptions));
        Assert.Same(s_data, Assert.Single(inner.InnerExceptions));
        Assert.Equal("inner (d)", inner.Message);
        Assert.Equal(3, rest!.InnerExceptions.Count);
        inner = Assert.IsType<AggregateException>(rest.InnerExceptions[1]);
        Assert.IsType<FileNotFoundException>(Assert.Single(inner.InnerExceptions));

        // The whole is as it was.
        Assert.Equal(4, s_nested.Flatten().InnerExceptions.Count);
    }

    /// <summary>CPython: ExceptionGroupSplitTests.test_basics_split_by_predicate__match,
    /// ExceptionGroupSubgroupTests.test_basics_subgroup_by_predicate__match.</summary>
    [Fact]
    public void Subgroup_ByCondition_HasWhatMeetsIt()
    {
        AggregateException io = s_nested.Subgroup(static error => error is IOException or TimeoutException)!;
        Assert.Equal(2, io.InnerExceptions.Count);
        Assert.IsType<AggregateException>(io.InnerExceptions[0]);
        Assert.Same(s_timeout, io.InnerExceptions[1]);
    }

    /// <summary>CPython: TestExceptStarSplitSemantics.test_multiple_matches, test_match_single_type_nested.</summary>
    [Fact]
    public void Handle_OfEveryError_GivesEachToTheFirstCaseThatMatches()
    {
        var log = new List<string>();
        s_nested.Handle(
            ErrorCase.Of<OverflowException>(_ => log.Add("never")),
            ErrorCase.Of<FormatException>(group => log.Add($"format {group.InnerExceptions.Count}")),
            ErrorCase.Of<SystemException>(group => log.Add($"system {group.Flatten().InnerExceptions.Count}")),
            ErrorCase.Of<TimeoutException>(_ => log.Add("never")));
        Assert.Equal(["format 1", "system 3"], log);
    }

    /// <summary>CPython: TestExceptStarSplitSemantics.test_match_single_type_partial_match: what is left is
    /// raised.</summary>
    [Fact]
    public void Handle_OfSomeErrors_ThrowsTheRestAsItWasNested()
    {
        var rest = Assert.Throws<AggregateException>(() => s_nested.Handle(
            ErrorCase.Of<FormatException>(_ => { }), ErrorCase.Of<InvalidDataException>(_ => { })));
        Assert.Equal(2, rest.InnerExceptions.Count);
        Assert.IsType<FileNotFoundException>(
            Assert.Single(Assert.IsType<AggregateException>(rest.InnerExceptions[0]).InnerExceptions));
        Assert.Same(s_nested, Assert.Throws<AggregateException>(() => s_nested.Handle()));
    }

    /// <summary>CPython: TestExceptStarRaise.test_raise_handle_some_raise_one_named, _handle_all_raise_one_named.</summary>
    [Fact]
    public void Handle_WhoseHandlersThrow_ThrowsTheirErrorsAndTheRest()
    {
        var raised = new OverflowException();
        var some = Assert.Throws<AggregateException>(() => s_nested.Handle(
            ErrorCase.Of<FormatException>(_ => throw raised)));
        Assert.Equal(2, some.InnerExceptions.Count);
        Assert.Same(raised, some.InnerExceptions[0]);
        Assert.Equal(3, Assert.IsType<AggregateException>(some.InnerExceptions[1]).Flatten().InnerExceptions.Count);

        bool ran = false;
        var all = Assert.Throws<AggregateException>(() => s_nested.Handle(
            ErrorCase.Of<FormatException>(_ => throw raised), ErrorCase.Of<Exception>(_ => ran = true)));
        Assert.True(ran);
        Assert.Same(raised, Assert.Single(all.InnerExceptions));
    }

    /// <summary>Guarantee G-33: the errors of a group inside a group are one
    /// error of the outer one.</summary>
    [Fact]
    public void Split_OfTheErrorsOfNestedGroups_FollowsTheGroups() => Run(async () =>
    {
        AggregateException errors = await Throws<AggregateException>(() => Aio.TaskGroup(async outer =>
        {
            outer.Start(Inner());
            outer.Start(Fail(s_timeout));
            await default(Coroutine);
        }));
        AggregateException data = errors.Subgroup<InvalidDataException>()!;
        var nested = Assert.IsType<AggregateException>(Assert.Single(data.InnerExceptions));
        Assert.Same(s_data, Assert.Single(nested.InnerExceptions));

        static async Coroutine Inner() => await Aio.TaskGroup(async inner =>
        {
            inner.Start(Fail(s_data));
            inner.Start(Fail(s_format));
            await default(Coroutine);
        });

        static async Coroutine Fail(Exception error)
        {
            await Aio.Yield();
            await Aio.CancelScope(async _ => await Aio.Yield(), shield: true);
            throw error;
        }
    });

    [Fact]
    public void Split_OfNothing_IsRefused()
    {
        Assert.Throws<ArgumentNullException>(() => s_nested.Split(null!));
        Assert.Throws<ArgumentNullException>(() => ErrorCase.Of<Exception>(null!));
    }
}
