namespace Gyre.Polling.Tests;

/// <summary>What a <see cref="BrokenPoller"/> does wrong.</summary>
public enum Fault
{
    /// <summary>Nothing: it passes everything on.</summary>
    None,

    /// <summary>The poller has no name.</summary>
    HasNoName,

    /// <summary>A poll does not wait.</summary>
    WaitsTooShort,

    /// <summary>A poll with no time to wait waits for a second and a half.</summary>
    WaitsWhenItShouldNot,

    /// <summary><see cref="Poller.Wake"/> does nothing.</summary>
    LosesWakes,

    /// <summary>A wake ends two waits.</summary>
    WakesTwice,

    /// <summary><see cref="Poller.Wake"/> throws once the poller is disposed.</summary>
    WakeThrowsAfterDisposal,

    /// <summary>Operations are executed by the poll that finds them.</summary>
    ExecutesInsideThePoll,

    /// <summary>A poll hands over its first operation, and of the others no more than ten.</summary>
    HandsOverFew,

    /// <summary><see cref="Poller.HasOperations"/> is true from the beginning.</summary>
    AlwaysHasOperations,

    /// <summary>Disposing the poller leaves its sockets open.</summary>
    LeavesSocketsOpen,

    /// <summary>What is not permitted does nothing.</summary>
    MisuseIsSilent,

    /// <summary>Members of a closed socket do nothing.</summary>
    ClosedIsSilent,

    /// <summary>A second close throws.</summary>
    SecondCloseThrows,

    /// <summary>Exceptions of sinks are swallowed.</summary>
    SwallowsErrorsOfSinks,

    /// <summary>After an exception of a sink the socket is closed.</summary>
    ErrorOfASinkCloses,

    /// <summary>A connect calls its sink at once, and again when it is done.</summary>
    ConnectAnswersTwice,

    /// <summary>Every connect succeeds, its sink is told.</summary>
    ConnectAlwaysSucceeds,

    /// <summary>Every connect fails, its sink is told.</summary>
    ConnectAlwaysFails,

    /// <summary>Every second connection is accepted and forgotten.</summary>
    DropsEverySecondConnection,

    /// <summary>The stopping members do nothing.</summary>
    StopsNothing,

    /// <summary>The first byte of a connection gets lost.</summary>
    LosesTheFirstByte,

    /// <summary>The end of the input is told twice.</summary>
    EndsTwice,

    /// <summary>A reset is told as an end of the input.</summary>
    ResetIsAnEnd,

    /// <summary>Receiving starts with a call of the sink.</summary>
    CallsTheSinkInTheStart,

    /// <summary>A sink that stops or closes in <see cref="IBufferedReceiveSink.GetReceiveBuffer"/> is called all the
    /// same.</summary>
    FillsTheBufferAfterAStop,

    /// <summary><see cref="PollSocket.TrySend"/> says that it took everything.</summary>
    TakesMoreThanItSends,

    /// <summary><see cref="PollSocket.TrySend"/> reports the last byte that it sent as not sent.</summary>
    SendsTwice,

    /// <summary><see cref="PollSocket.TrySend"/> sends on the socket that sent before.</summary>
    SendsToTheOther,

    /// <summary><see cref="PollSocket.TrySend"/> of no bytes fails.</summary>
    RefusesNoBytes,

    /// <summary>Nobody hears that the reader of a pipe has closed.</summary>
    LosesHangUps,

    /// <summary>A send answers twice.</summary>
    SendAnswersTwice,

    /// <summary>A send does not tell of errors: it answers that one byte went out.</summary>
    SendHidesErrors,

    /// <summary>An orderly close is a reset.</summary>
    CloseIsAReset,

    /// <summary>An abort is an orderly close.</summary>
    AbortIsOrderly,

    /// <summary>A close does nothing.</summary>
    CloseDoesNothing,

    /// <summary>Ending one direction ends both.</summary>
    ShutdownEndsBoth,

    /// <summary><see cref="PollSocket.NoDelay"/> is not set.</summary>
    ForgetsNoDelay,

    /// <summary><see cref="PollSocket.NoDelay"/> reads as true.</summary>
    ClaimsNoDelay,

    /// <summary>There are no addresses.</summary>
    HidesAddresses,

    /// <summary>The errors of misuse do not say what to do.</summary>
    ErrorsSayNothing,

    /// <summary>A watch is told of what it watches once, and not in each poll.</summary>
    WatchTellsOnce,

    /// <summary>Of a watch's two sinks that of the output is called first.</summary>
    TellsOutputFirst,

    /// <summary>A sink that another took the place of is told, too.</summary>
    TellsTheReplaced,

    /// <summary>A wait is told twice.</summary>
    WaitTellsTwice,

    /// <summary>A wait is told of what comes after it only, and nothing is received that no wait was told of.</summary>
    WaitMissesWhatCameBefore,

    /// <summary><see cref="PollWatch.TryReceive"/> does not tell of the end of the input.</summary>
    HidesTheEnd,

    /// <summary>No watch is told of room for output.</summary>
    LosesOutput,

    /// <summary>What <see cref="PollWatch.TryAccept"/> gives blocks.</summary>
    AcceptedSocketsBlock,

    /// <summary>The sink of a descriptor that is closed is told.</summary>
    TellsOfClosedDescriptors,

    /// <summary>Every descriptor has the first one's watch.</summary>
    OneWatchForAll,

    /// <summary>What was watched once is held for ever.</summary>
    KeepsWatchedDescriptors,
}
