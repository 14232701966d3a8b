namespace Gyre.Polling.Tests;

/// <summary>The checks of the contract are worth what they find: each fails for a poller that does one thing
/// wrong.</summary>
public sealed class PollerContractTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    // A new check goes where its fault is, or behind a new one: a member of Fault, and what it does in BrokenPoller,
    // BrokenSocket or BrokenSinks. What has arguments stands without them, and fails with some.
    private static readonly Dictionary<Fault, string> s_failures = new()
    {
        [Fault.HasNoName] = "BackendName_AnyPoller_IsThere",
        [Fault.WaitsTooShort] =
            "Poll_NothingHappens_WaitsNoLessThanTheTimeout "
            + "WatchInput_NothingReady_ThePollWaitsNoLessThanTheTimeout",
        [Fault.WaitsWhenItShouldNot] = "Poll_NoTimeout_Returns",
        [Fault.LosesWakes] =
            "Wake_BeforeThePoll_ItReturnsAtOnce Wake_DuringTheWait_EndsIt "
            + "Wake_FromManyThreads_OwnerSeesAllThatTheyWrote "
            + "Wake_WhileSocketsAreWatched_EndsTheWait",
        [Fault.WakesTwice] = "Wake_BeforeAPollThatDoesNotWait_IsUsedUp Wake_Often_CountsAsOne",
        [Fault.WakeThrowsAfterDisposal] =
            "AnyMember_PollerDisposed_ThrowsObjectDisposed Wake_WhileThePollerIsDisposed_DoesNothing",
        [Fault.ExecutesInsideThePoll] =
            "Close_DescriptorIsUsedAgain_OldOperationDoesNotTouchTheNewSocket "
            + "Close_OperationIsInTheQueue_SinkIsNotCalled "
            + "Execute_MoreThanOneBuffer_GoesOnInTheNextPollWithoutWaiting "
            + "StopReceiving_OperationIsInTheQueue_SinkIsNotCalledAndNothingIsLost",
        [Fault.HandsOverFew] = "StartReceiving_OneSocketAlwaysHasMore_TheOthersGetTheirTurn",
        [Fault.AlwaysHasOperations] =
            "HasOperations_NothingStarted_IsFalse Close_InTheSink_NothingFollows "
            + "PipeWriting_PipeIsFull_GoesOnWhenThereIsRoom",
        [Fault.LeavesSocketsOpen] = "Dispose_PollerWithSockets_ClosesThem Dispose_InTheSink_ItsBytesStayReadable",
        [Fault.MisuseIsSilent] =
            "TrySendTo_UnsuitableAddress_Throws WrongKindOfSocket_AnyMember_Throws "
            + "AttachPipe_RegularFile_Throws PipeWriting_WhileWriting_Throws "
            + "Connect_WhileConnecting_Throws Send_NoBytes_Throws Send_WhileSending_Throws "
            + "StartAccepting_NotListening_Throws "
            + "StartAccepting_WhileAccepting_Throws StartReceiving_WhileReceiving_Throws "
            + "Watch_AttachedSocket_Throws Attach_WatchedSocket_ThrowsWhileSomebodyWaits "
            + "Watch_RegularFile_IsAClearError",
        [Fault.ClosedIsSilent] =
            "AnyMember_Closed_ThrowsObjectDisposed Attach_DisposedSocket_ThrowsObjectDisposed "
            + "Watch_ClosedSocket_Throws",
        [Fault.SecondCloseThrows] = "Close_SecondTime_DoesNothing",
        [Fault.SwallowsErrorsOfSinks] =
            "OnAccepted_Throws_AcceptingGoesOn OnReceived_Throws_ReceivingGoesOn OnSent_Throws_NextSendWorks",
        [Fault.ErrorOfASinkCloses] =
            "StartReceivingFrom_SinkThrows_TheRestComes GetReceiveBuffer_Throws_IsAskedAgain "
            + "OnAccepted_Throws_AcceptingGoesOn",
        [Fault.ConnectAnswersTwice] = "Connect_Listener_Connects Close_WhileConnecting_SinkIsNotCalled",
        [Fault.ConnectAlwaysSucceeds] =
            "Connect_NobodyListens_ConnectionRefused Connect_UnixSocketThatIsNotThere_Fails "
            + "TryConnect_WaitForOutput_TellsTheOutcome",
        [Fault.ConnectAlwaysFails] = "Connect_IPv4AddressOnADualModeSocket_Connects Connect_Listener_Connects",
        [Fault.DropsEverySecondConnection] =
            "StartAccepting_ManyPeersConnect_SinkGetsEachOnce "
            + "StartAccepting_PeerResetsInTheBacklog_AcceptingGoesOn",
        [Fault.StopsNothing] =
            "StopSendingFile_SocketIsFull_TheNextSendGoesOn "
            + "StopReceiving_WithinABurst_NextStartGetsTheRest "
            + "StopReading_BytesCome_TheyStayForTheNextStart StopReading_InTheSink_NothingMoreComes "
            + "StopAccepting_InTheSink_NothingMoreIsAccepted StopAccepting_PeersConnect_NextStartGetsThem "
            + "StopReceiving_BytesArrive_NextStartGetsThem GetReceiveBuffer_Stops_NothingIsLost "
            + "WatchInput_UntilItIsRead_IsToldInEachPoll StopInput_WhenItWasAboutToBeTold_IsNotTold "
            + "StopInput_InsideTheCallback_EndsIt WaitForInput_Stopped_TheBytesStayInTheSystem "
            + "Attach_WatchedSocket_ThrowsWhileSomebodyWaits",
        [Fault.LosesTheFirstByte] =
            "Attach_SocketIsForgotten_ItsFinaliserClosesNothing "
            + "ManySockets_EchoingAtOnce_EachGetsItsOwnBytes "
            + "Poll_InputArrivesDuringTheWait_EndsIt StartReceiving_BufferedSink_ItsBuffersAreFilled "
            + "StartReceiving_InTheSinkWithAnother_TheOtherGetsTheRest "
            + "StartReceiving_LargeAndSmallPiecesInTurns_AllArrive "
            + "StartReceiving_PeerSends_SinkGetsTheBytesAndTheEnd "
            + "StartReceiving_UrgentDataInBetween_TheBytesBehindItArrive "
            + "PipeReading_WriterWritesAndCloses_SinkGetsAllThenTheEnd "
            + "PipeReading_MessageAfterMessage_EachIsRead "
            + "PipeReading_BufferedSink_FillsItsBuffers AttachPipe_OneDescriptorTwice_ReadsAndWrites "
            + "StartReceivingFrom_DatagramArrives_SinkGetsItAndItsSender "
            + "StartReceivingFrom_ManyArrivedBefore_SinkGetsEachInOrder "
            + "StopAndStartReceiving_AtRandom_LosesNothing",
        [Fault.EndsTwice] =
            "AttachPipe_NullDevice_EndsAtOnceAndTakesEverything Close_AcceptedSocket_PeerSeesTheEnd "
            + "StartReceiving_AfterTheEnd_HearsOfTheEndAgain "
            + "StartReceiving_BytesAndEndCameBefore_SinkGetsBoth",
        [Fault.ResetIsAnEnd] =
            "StartReceiving_PeerResets_ConnectionReset "
            + "StartReceiving_SendHeardOfTheReset_ConnectionResetAndNotTheEnd",
        [Fault.CallsTheSinkInTheStart] = "StartReceiving_PeerSends_SinkGetsTheBytesAndTheEnd",
        [Fault.FillsTheBufferAfterAStop] = "GetReceiveBuffer_Closes_NothingFollows GetReceiveBuffer_Idle_IsNotAskedFor",
        [Fault.TakesMoreThanItSends] =
            "TrySendTo_Address_PeerGetsThem TrySendTo_DualModeSocket_ReachesIPv4 "
            + "TrySendTo_UnixAddresses_ReachesThem "
            + "Connect_DatagramSocket_SendsAndReceives Close_TheSystemIsFull_PeerGetsAllThatWasTaken "
            + "TrySend_SmallPiecesIntoAFullSocket_ArriveInOrder",
        [Fault.SendsTwice] =
            "AttachPipe_HandleOfASocket_PeerGetsAllThenTheEnd Send_AfterTrySendInTheSameRound_ComesBehindIt "
            + "TrySend_ThereIsRoom_PeerGetsTheBytes",
        [Fault.SendsToTheOther] =
            "TrySendTo_EndPointIsChanged_GoesToTheNewAddress TrySend_TwoSocketsInTurns_EachPeerGetsItsOwn",
        [Fault.RefusesNoBytes] = "TrySend_NoBytes_Succeeds",
        [Fault.LosesHangUps] = "WatchHangUp_ReaderReadsThenCloses_SinkHearsOfTheClose",
        [Fault.SendAnswersTwice] =
            "SendTo_ThereIsRoom_SinkHearsTheLength SendTo_ConnectedUnixPeerIsFull_WaitsForRoom "
            + "PipeWriting_AllOfSomeBytes_ReaderGetsThemThenTheEnd SendFile_BehindTheEnd_EndsWithNothing "
            + "SendFile_PieceBetweenOtherBytes_PeerGetsAllInOrder SendFile_SocketIsFull_GoesOnInOrder "
            + "Connect_UnixSocket_ConnectsAndCarriesBytes Send_BothWaysAtOnce_AllArrives "
            + "Send_InTheSink_GoesOn "
            + "Send_PeerDoesNotRead_SinkHearsOfItWhenItDoes Send_ThereIsRoom_SinkHearsOfItLater",
        [Fault.SendHidesErrors] =
            "StartReceivingFrom_PeerIsGone_TellsAndGoesOn TrySendTo_TooLong_IsAnErrorAndTheNextGoesOut "
            + "SendTo_OtherUnixPeerIsFull_SaysWouldBlock StartReceivingFrom_DatagramIsTooLong_IsTold "
            + "PipeWriting_ReaderHasClosed_Fails PipeWriting_ReaderClosesWhileFull_Fails "
            + "SendFile_PeerResets_SinkGetsTheError "
            + "Send_PeerResetsWhileFull_SinkGetsTheError TrySend_PeerIsGone_FailsInTheEnd",
        [Fault.CloseIsAReset] = "Close_Orderly_PeerGetsTheBytesAndTheEnd Close_WhileSending_SinkIsNotCalled",
        [Fault.AbortIsOrderly] = "Close_Abort_AcceptedSocket_PeerSeesAReset Close_Abort_PeerSeesAReset",
        [Fault.CloseDoesNothing] =
            "StartReceivingFrom_SinkCloses_HearsNothingMore "
            + "PipeClose_ReadsAndWritesUnderWay_SinksAreNotCalled Close_WhileSendingAFile_SinkIsNotCalled "
            + "Close_InTheSinkOfAListener_NothingMoreIsAccepted Close_OperationIsInTheQueue_SinkIsNotCalled",
        [Fault.ShutdownEndsBoth] = "Shutdown_Send_PeerSeesTheEndAndCanStillSend",
        [Fault.ForgetsNoDelay] = "NoDelay_TcpSocket_IsSet",
        [Fault.ClaimsNoDelay] = "NoDelay_UnixSocket_DoesNothing",
        [Fault.HidesAddresses] =
            "StartReceivingFrom_UnixSenders_HavePathsNamesOrNothing "
            + "StartReceivingFrom_SameSender_IsTheSameObject "
            + "Connect_IPv6_Connects Socket_OfAnAcceptedConnection_IsConnectedAndShared "
            + "Watch_Datagrams_ComeWithTheirSender",
        [Fault.ErrorsSayNothing] =
            "Attach_SequencedSocket_Throws Connect_Name_ThrowsAndSaysWhatToDo "
            + "GetReceiveBuffer_Empty_ThrowsAndSaysWhatToDo",
        [Fault.WatchTellsOnce] =
            "WatchInput_UntilItIsRead_IsToldInEachPoll WatchOutput_RoomThere_IsToldInEachPoll "
            + "Watch_EndOfInput_IsReady Watch_Pipe_IsToldInBothDirections Watch_OnceAndAlways_OnOneSocket",
        [Fault.TellsOutputFirst] = "Watch_BothDirectionsReady_TheInputComesFirst",
        [Fault.TellsTheReplaced] = "WatchInput_Again_TheNewSinkTakesThePlaceOfTheOld",
        [Fault.WaitTellsTwice] = "WaitForInput_AgainAndAgain_IsToldOnceEach",
        [Fault.WaitMissesWhatCameBefore] = "WaitForInput_BytesCameBetweenTheWaits_AreNotMissed",
        [Fault.HidesTheEnd] = "WaitForInput_TheEndCameWithTheBytes_IsTold",
        [Fault.LosesOutput] =
            "WaitForOutput_Full_IsToldWhenThereIsRoom WatchOutput_RoomThere_IsToldInEachPoll "
            + "TryConnect_WaitForOutput_TellsTheOutcome",
        [Fault.AcceptedSocketsBlock] = "WatchInput_Listener_TellsOfConnections",
        [Fault.TellsOfClosedDescriptors] = "WatchInput_ClosedBeforeThePoll_IsNotTold",
        [Fault.OneWatchForAll] = "Watch_DescriptorsThatAreUsedAgain_BelongToTheNewSocket",
        [Fault.KeepsWatchedDescriptors] = "Watch_DroppedSocket_IsClosedByTheCollector",
    };

    public static TheoryData<Fault> Faults { get; } = [.. s_failures.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Run_BrokenPoller_FailsAndSaysWhatIsBroken(Fault fault)
    {
        foreach (string name in s_failures[fault].Split(' '))
        {
            PollerCheck[] checks = [.. PollerContract.Checks.Where(check => MethodOf(check) == name)];
            PollerContractException? failure =
                Attempts(checks).Select(check => Failure(check, fault)).FirstOrDefault(found => found is not null);
            if (failure is null)
            {
                // A machine may lack IPv6, and fails no check of it.
                string? lack = checks.Select(check => check.Run(() => Poller.Create())).FirstOrDefault();
                Assert.True(lack is not null, $"{name} does not see what a poller does wrong: {fault}");
                continue;
            }

            Assert.Contains(failure.Check.Clause, failure.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>What fails of a broken poller is its fault; and a check that nothing can break says nothing.</summary>
    [Fact]
    public void Checks_EachOne_PassesAndIsFailedByABrokenPoller()
    {
        HashSet<string> failed = [.. s_failures.Values.SelectMany(names => names.Split(' '))];
        Assert.All(
            PollerContract.Checks,
            check =>
            {
                string? lack = check.Run(() => new BrokenPoller(Poller.Create(), Fault.None));
                Assert.True(failed.Contains(MethodOf(check)), "no broken poller fails it");
                Assert.True(lack is null || !lack.Contains("cannot watch", StringComparison.Ordinal), lack);
            });
    }

    [Fact]
    public void Verify_BrokenPoller_ThrowsWhatEachCheckThrows()
    {
        AggregateException error = Assert.Throws<AggregateException>(
            () => PollerContract.Verify(() => new BrokenPoller(Poller.Create(), Fault.HasNoName)));
        var failure = Assert.IsType<PollerContractException>(Assert.Single(error.InnerExceptions));
        Assert.Equal("BackendName_AnyPoller_IsThere", failure.Check.Name);
        Assert.Contains("A poller has a name.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("BackendName", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_PollThatNeverReturns_FailsAllTheSame()
    {
        PollerCheck check = PollerContract.GetCheck("Poll_NoTimeout_Returns");
        using var end = new ManualResetEventSlim();
        PollerContractException error = Assert.Throws<PollerContractException>(
            () => check.Run(() => new StuckPoller(end), TimeSpan.FromMilliseconds(100)));
        end.Set();
        Assert.Contains("hangs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_FactoryThrows_ItsErrorIsPassedOn()
    {
        PollerCheck check = PollerContract.Checks[0];
        var error = new PlatformNotSupportedException("by the test");
        Assert.Same(error, Assert.Throws<PlatformNotSupportedException>(() => check.Run(() => throw error)));
        Assert.Throws<ArgumentOutOfRangeException>(() => check.Run(() => throw error, TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>(() => check.Run(null!));
    }

    [Fact]
    public void GetCheck_UnknownName_Throws()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => PollerContract.GetCheck("Nothing"));
        Assert.Contains("'Nothing'", error.Message, StringComparison.Ordinal);
        Assert.All(PollerContract.Checks, check => Assert.Same(check, PollerContract.GetCheck(check.ToString())));
    }

    /// <summary>A signal may end the very wait that a broken poller would not have ended, and hides the fault
    /// then.</summary>
    private static IEnumerable<PollerCheck> Attempts(PollerCheck[] checks) =>
        Enumerable.Repeat(checks, 20).SelectMany(all => all);

    private static PollerContractException? Failure(PollerCheck check, Fault fault)
    {
        try
        {
            check.Run(() => new BrokenPoller(Poller.Create(), fault), s_patience);
            return null;
        }
        catch (PollerContractException failure)
        {
            return failure;
        }
    }

    private static string MethodOf(PollerCheck check) => check.Name.Split('(')[0];
}
