namespace Gyre.Tests.Tasks;

/// <summary>What a task group keeps its tasks in.</summary>
public class OrderedSetTests
{
    [Fact]
    public void ToArray_AfterAddsAndRemoves_IsInTheOrderOfAdding()
    {
        var set = new OrderedSet<string>();
        string[] items = [.. Enumerable.Range(0, 100).Select(i => $"item {i}")];
        foreach (string item in items)
        {
            Assert.True(set.Add(item));
        }

        Assert.True(set.Remove(items[0]));
        Assert.True(set.Remove(items[50]));
        Assert.True(set.Remove(items[99]));
        Assert.True(set.Add(items[0]));
        Assert.Equal(98, set.Count);
        string[] expected = [.. items[1..50], .. items[51..99], items[0]];
        Assert.Equal<string>(expected, set.ToArray());
        Assert.Equal<string>(expected, set);
    }

    [Fact]
    public void Add_WhatIsThere_IsFalseAndKeepsItsPlace()
    {
        var set = new OrderedSet<object>();
        object first = new();
        object second = new();
        Assert.True(set.Add(first));
        Assert.True(set.Add(second));
        Assert.False(set.Add(first));
        Assert.Equal<object>([first, second], set);
    }

    [Fact]
    public void Equal_ButNotTheSame_AreTwo()
    {
        var set = new OrderedSet<string>();
        string one = new('x', 3);
        string other = new('x', 3);
        Assert.True(set.Add(one));
        Assert.True(set.Add(other));
        Assert.False(set.Remove("yyy"));
        Assert.True(set.Remove(one));
        Assert.Same(other, Assert.Single(set));
    }

    [Fact]
    public void Clear_ThenUsedAgain_HoldsTheNewOnly()
    {
        var set = new OrderedSet<string>();
        set.Add("a");
        set.Add("b");
        set.Clear();
        Assert.Empty(set);
        Assert.False(set.Remove("a"));
        set.Add("c");
        Assert.Equal<string>(["c"], set);
    }

    /// <summary>Against a list, with the same steps.</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 40)]
    [InlineData(3, 1000)]
    public void AddAndRemove_AtRandom_AreThoseOfAList(int seed, int most)
    {
        var random = new Random(seed);
        var set = new OrderedSet<object>();
        var list = new List<object>();
        for (int step = 0; step < 10_000; step++)
        {
            if (list.Count == 0 || (list.Count < most && random.Next(2) == 0))
            {
                object item = new();
                Assert.True(set.Add(item));
                list.Add(item);
            }
            else
            {
                // Mostly the first, as tasks end.
                object item = list[random.Next(4) == 0 ? random.Next(list.Count) : 0];
                list.Remove(item);
                Assert.True(set.Remove(item));
                Assert.False(set.Remove(item));
            }

            Assert.Equal(list.Count, set.Count);
            if (step % 100 == 0)
            {
                Assert.Equal<object>(list, set.ToArray());
            }
        }

        Assert.Equal<object>(list, set.ToArray());
    }
}
