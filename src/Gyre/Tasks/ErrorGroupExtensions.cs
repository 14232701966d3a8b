namespace Gyre;

/// <summary>Takes the errors of a group apart, as <c>except*</c> and <c>ExceptionGroup.split</c> do.</summary>
/// <remarks>Any thread. The parts are nested as the whole is, and their errors are the same objects; a group in which
/// nothing is left is left out. The whole is not changed.</remarks>
public static class ErrorGroupExtensions
{
    extension(AggregateException errors)
    {
        /// <summary>Splits the errors by type. asyncio: <c>ExceptionGroup.split</c>.</summary>
        /// <typeparam name="TException">Also derived types match. A group that is one matches as a whole.</typeparam>
        /// <returns>What matches and what does not; null for an empty part.</returns>
        public (AggregateException? Matching, AggregateException? Others) Split<TException>()
            where TException : Exception => errors.Split(static error => error is TException);

        /// <summary>Splits the errors by a condition.</summary>
        /// <param name="matches">Asked about each group, and about each error of a group that does not match as a
        /// whole.</param>
        /// <inheritdoc cref="Split{TException}(AggregateException)"/>
        public (AggregateException? Matching, AggregateException? Others) Split(Func<Exception, bool> matches)
        {
            ArgumentNullException.ThrowIfNull(errors);
            ArgumentNullException.ThrowIfNull(matches);
            if (matches(errors))
            {
                return (errors, null);
            }

            List<Exception> matching = [];
            List<Exception> rest = [];
            foreach (Exception error in errors.InnerExceptions)
            {
                if (error is AggregateException group)
                {
                    (AggregateException? inside, AggregateException? outside) = group.Split(matches);
                    AddIfAny(matching, inside);
                    AddIfAny(rest, outside);
                }
                else
                {
                    (matches(error) ? matching : rest).Add(error);
                }
            }

            return (Part(errors, matching, rest), Part(errors, rest, matching));
        }

        /// <summary>The errors of a type, nested as they are here; null when there are none. asyncio:
        /// <c>ExceptionGroup.subgroup</c>.</summary>
        /// <typeparam name="TException">Also derived types match.</typeparam>
        public AggregateException? Subgroup<TException>()
            where TException : Exception => errors.Split<TException>().Matching;

        /// <summary>The errors that meet a condition, nested as they are here; null when there are none.</summary>
        /// <param name="matches">Asked about each group, and about each error of a group that does not match as a
        /// whole.</param>
        public AggregateException? Subgroup(Func<Exception, bool> matches) => errors.Split(matches).Matching;

        /// <summary>Gives the errors to those who handle them, and throws what is left. It stands for the clauses of
        /// <c>except*</c>.</summary>
        /// <param name="cases">In order: each gets what the ones before it have left, and runs if there is any.</param>
        /// <exception cref="AggregateException">What no case has taken, nested as it was. When handlers have thrown, the
        /// errors of all of them, and behind them what is left.</exception>
        public void Handle(params ReadOnlySpan<ErrorCase> cases)
        {
            ArgumentNullException.ThrowIfNull(errors);
            AggregateException? rest = errors;
            List<Exception> thrown = [];
            foreach (ErrorCase clause in cases)
            {
                if (rest is null)
                {
                    break;
                }

                (AggregateException? matching, rest) = rest.Split(clause.Matches);
                if (matching is not null)
                {
                    Run(clause, matching, thrown);
                }
            }

            if (thrown.Count > 0)
            {
                AddIfAny(thrown, rest);
                throw new AggregateException("Errors were handled, and their handlers have failed.", thrown);
            }

            if (rest is not null)
            {
                throw rest;
            }
        }
    }

    // A failed handler does not keep the others from their errors.
    private static void Run(ErrorCase clause, AggregateException matching, List<Exception> thrown)
    {
        try
        {
            clause.Handler(matching);
        }
        catch (Exception e)
        {
            thrown.Add(e);
        }
    }

    private static void AddIfAny(List<Exception> errors, AggregateException? part)
    {
        if (part is not null)
        {
            errors.Add(part);
        }
    }

    private static AggregateException? Part(AggregateException whole, List<Exception> part, List<Exception> other) =>
        part.Count == 0 ? null
        : other.Count == 0 ? whole
        : new AggregateException(OwnMessage(whole), part);

    /// <summary>The message without those of the errors inside, which the BCL appends.</summary>
    private static string OwnMessage(AggregateException group)
    {
        string message = group.Message;
        string appended = string.Concat(group.InnerExceptions.Select(error => $" ({error.Message})"));
        return message.EndsWith(appended, StringComparison.Ordinal) ? message[..^appended.Length] : message;
    }
}
