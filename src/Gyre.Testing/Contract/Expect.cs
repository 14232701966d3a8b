using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gyre.Testing;

/// <summary>What checks say of what they saw. The text of a failure names what was looked at.</summary>
internal static class Expect
{
    private const int ElementsShown = 12;

    /// <summary>Ends the check without a verdict when what it needs is not there.</summary>
    public static void Applies([DoesNotReturnIf(false)] bool applies, string reasonWhenNot)
    {
        if (!applies)
        {
            throw new DoesNotApplyException(reasonWhenNot);
        }
    }

    public static void True(
        [DoesNotReturnIf(false)] bool value,
        string? message = null,
        [CallerArgumentExpression(nameof(value))] string what = "")
    {
        if (!value)
        {
            Fail(message ?? $"{what} is false.");
        }
    }

    public static void False(
        [DoesNotReturnIf(true)] bool value,
        string? message = null,
        [CallerArgumentExpression(nameof(value))] string what = "")
    {
        if (value)
        {
            Fail(message ?? $"{what} is true.");
        }
    }

    public static void Null(object? value, [CallerArgumentExpression(nameof(value))] string what = "") =>
        True(value is null, $"{what} is {Show(value)}, not null.");

    public static void Same(
        object? expected, object? actual, [CallerArgumentExpression(nameof(actual))] string what = "") =>
        True(ReferenceEquals(expected, actual), $"{what} is another object.");

    /// <summary>Two values are equal; of collections, all elements in order.</summary>
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (expected is byte[] expectedBytes && actual is byte[] actualBytes)
        {
            int same = expectedBytes.AsSpan().CommonPrefixLength(actualBytes);
            True(
                same == expectedBytes.Length && same == actualBytes.Length,
                $"{what} has {actualBytes.Length} of {expectedBytes.Length} bytes and differs from byte {same} on.");
        }
        else if (expected is not string && expected is IEnumerable expectedItems && actual is IEnumerable actualItems)
        {
            True(
                expectedItems.Cast<object?>().SequenceEqual(actualItems.Cast<object?>()),
                $"{what} is {Show(actual)}, not {Show(expected)}.");
        }
        else
        {
            True(
                EqualityComparer<T>.Default.Equals(expected, actual),
                $"{what} is {Show(actual)}, not {Show(expected)}.");
        }
    }

    public static void NotEqual<T>(
        T unexpected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "") =>
        True(!EqualityComparer<T>.Default.Equals(unexpected, actual), $"{what} is {Show(actual)}.");

    public static void InRange(
        int value, int least, int most, [CallerArgumentExpression(nameof(value))] string what = "") =>
        True(value >= least && value <= most, $"{what} is {value}, not {least} to {most}.");

    public static void Empty<T>(
        IReadOnlyCollection<T> items, [CallerArgumentExpression(nameof(items))] string what = "") =>
        True(items.Count == 0, $"{what} is {Show(items)}, not empty.");

    public static void Single<T>(
        IReadOnlyCollection<T> items, [CallerArgumentExpression(nameof(items))] string what = "") =>
        True(items.Count == 1, $"{what} has {items.Count} elements, not one.");

    /// <summary>An error names what is wrong.</summary>
    public static void Mentions(string word, Exception error) =>
        True(
            error.Message.Contains(word, StringComparison.OrdinalIgnoreCase),
            $"The error does not say '{word}': {error.Message}");

    /// <summary>Something ends with an exception of the type, or one derived from it. A disposed object is no other
    /// misuse.</summary>
    public static TException Throws<TException>(
        Action action, [CallerArgumentExpression(nameof(action))] string what = "")
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException error) when (
            error is not ObjectDisposedException || typeof(TException) == typeof(ObjectDisposedException))
        {
            return error;
        }
        catch (Exception error) when (error is not DoesNotApplyException)
        {
            throw new ExpectationException(
                $"{what} threw {error.GetType().Name}, not {typeof(TException).Name}: {error.Message}");
        }

        throw new ExpectationException($"{what} did not throw {typeof(TException).Name}.");
    }

    [DoesNotReturn]
    public static void Fail(string message) => throw new ExpectationException(message);

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => text,
        IEnumerable items => ShowAll([.. items.Cast<object?>()]),
        _ => value.ToString() ?? "",
    };

    private static string ShowAll(object?[] items) =>
        $"[{string.Join(", ", items.Take(ElementsShown).Select(Show))}{(items.Length > ElementsShown ? ", …" : "")}]";
}
