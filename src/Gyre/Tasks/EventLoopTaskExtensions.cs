using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Gyre;

/// <summary>What a loop offers for futures and tasks.</summary>
public static class EventLoopTaskExtensions
{
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage", "CA2255", Justification = "Coroutines stand below tasks and cannot name them; this is the one way up.")]
    internal static void ConnectCoroutines() => Trampoline.StartDetached = static (loop, box, continuation) =>
    {
        // Eager: plain async code expects that what it awaits has begun.
        var options = new LoopTaskOptions { EagerStart = true };
        PlainWait.BeginCoroutine(new VoidTask(TaskRegistry.Of(loop), box, options), options, continuation);
    };

    extension(EventLoop loop)
    {
        /// <summary>The task whose step is running, or null outside of any task. asyncio:
        /// <c>current_task</c>.</summary>
        /// <remarks>Loop thread only.</remarks>
        public LoopTask? CurrentTask => (LoopTask?)loop.CurrentWork;

        /// <summary>The task whose step is running, where a coroutine of it is known to run.</summary>
        // Nothing but tasks is put there, and this is read on every wait.
        internal LoopTask StepOwner => Unsafe.As<LoopTask>(loop.CurrentWork!);

        /// <summary>The tasks that are not done, in the order of their creation. asyncio: <c>all_tasks</c>.</summary>
        /// <remarks>Loop thread only.</remarks>
        public IReadOnlyList<LoopTask> AllTasks()
        {
            loop.AssertOnLoop();
            return TaskRegistry.Of(loop).Snapshot();
        }

        /// <summary>Throws when a future that is to be waited for is null or belongs to another loop.</summary>
        internal void CheckOwns(Future future)
        {
            ArgumentNullException.ThrowIfNull(future);
            if (future.Loop != loop)
            {
                throw new InvalidOperationException(
                    $"{future.Describe()} belongs to another loop than the one that runs here. Use its AsTask() instead.");
            }
        }

        /// <summary>What makes the loop's tasks; null for the loop itself. asyncio: <c>set_task_factory</c>,
        /// <c>get_task_factory</c>.</summary>
        /// <remarks>Loop thread only. Counts for the tasks that are made from then on.</remarks>
        public LoopTaskFactory? TaskFactory
        {
            get => TaskRegistry.Of(loop).Factory;
            set
            {
                loop.AssertOnLoop();
                TaskRegistry.Of(loop).Factory = value;
            }
        }

        /// <summary>Makes a pending future. asyncio: <c>create_future</c>.</summary>
        /// <param name="file">From the compiler: where the future is made. Kept in debug mode.</param>
        /// <param name="line">From the compiler, too.</param>
        /// <remarks>Loop thread only.</remarks>
        public Future<T> CreateFuture<T>([CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) =>
            CreationSite.Note(new Future<T>(loop), file, line);

        /// <summary>Makes a task of a coroutine. asyncio: <c>create_task</c>.</summary>
        /// <param name="coroutine">A coroutine that has not been awaited.</param>
        /// <param name="name">The task's name; <c>Task-N</c> when null.</param>
        /// <param name="context">The context of the task's steps; the caller's when null.</param>
        /// <param name="eagerStart">Whether the first step runs inside this call, if the loop is running. Null leaves it
        /// to the loop's task factory; without one the answer is no.</param>
        /// <param name="cancellationToken">Cancels the task, from any thread (G-49).</param>
        /// <param name="file">From the compiler: where the task is made. Kept in debug mode.</param>
        /// <param name="line">From the compiler, too.</param>
        /// <remarks>Loop thread only. The first step runs in the next iteration, unless started eagerly (G-22). The loop
        /// holds the task until it has ended (G-28).</remarks>
        /// <exception cref="InvalidOperationException">The coroutine was awaited before, or the loop is
        /// closed.</exception>
        public LoopTask CreateTask(
            Coroutine coroutine,
            string? name = null,
            ExecutionContext? context = null,
            bool? eagerStart = null,
            CancellationToken cancellationToken = default,
            [CallerFilePath] string? file = null,
            [CallerLineNumber] int line = 0) =>
            CreationSite.Note(loop.Start(coroutine, Options(name, context, eagerStart, cancellationToken)), file, line);

        /// <inheritdoc cref="CreateTask(EventLoop, Coroutine, string?, ExecutionContext?, bool?, CancellationToken,
        /// string?, int)"/>
        public LoopTask<T> CreateTask<T>(
            Coroutine<T> coroutine,
            string? name = null,
            ExecutionContext? context = null,
            bool? eagerStart = null,
            CancellationToken cancellationToken = default,
            [CallerFilePath] string? file = null,
            [CallerLineNumber] int line = 0) =>
            CreationSite.Note(loop.Start(coroutine, Options(name, context, eagerStart, cancellationToken)), file, line);

        /// <summary>Makes a task through the loop's factory, if it has one.</summary>
        internal LoopTask Start(Coroutine coroutine, in LoopTaskOptions options)
        {
            loop.CheckCanSchedule();
            loop.AssertOnLoop();
            return TaskRegistry.Of(loop).Factory is { } factory
                ? factory.CreateTask(loop, coroutine, options) ?? throw NoTask(factory)
                : loop.StartDirectly(coroutine, options);
        }

        /// <inheritdoc cref="Start(EventLoop, Coroutine, in LoopTaskOptions)"/>
        internal LoopTask<T> Start<T>(Coroutine<T> coroutine, in LoopTaskOptions options)
        {
            loop.CheckCanSchedule();
            loop.AssertOnLoop();
            return TaskRegistry.Of(loop).Factory is { } factory
                ? factory.CreateTask(loop, coroutine, options) ?? throw NoTask(factory)
                : loop.StartDirectly(coroutine, options);
        }

        /// <summary>Makes a task as a loop without a factory does.</summary>
        internal LoopTask StartDirectly(Coroutine coroutine, in LoopTaskOptions options)
        {
            loop.CheckCanSchedule();
            CoroutineBox box = coroutine.Claim() ?? CompletedBox.Create();
            var task = new VoidTask(TaskRegistry.Of(loop), box, options);
            task.Begin(options);
            return task;
        }

        /// <inheritdoc cref="StartDirectly(EventLoop, Coroutine, in LoopTaskOptions)"/>
        internal LoopTask<T> StartDirectly<T>(Coroutine<T> coroutine, in LoopTaskOptions options)
        {
            loop.CheckCanSchedule();
            CoroutineBox<T> box = coroutine.Claim();
            var task = new LoopTask<T>(TaskRegistry.Of(loop), box, options);
            task.Begin(options);
            return task;
        }

        /// <summary>Runs the loop until a coroutine has ended. asyncio: <c>run_until_complete</c>.</summary>
        /// <exception cref="InvalidOperationException">The loop was stopped before the coroutine ended, is closed or is
        /// running.</exception>
        public void RunUntilComplete(Coroutine coroutine)
        {
            loop.CheckCanRun();
            loop.RunUntilComplete(loop.CreateTask(coroutine));
        }

        /// <inheritdoc cref="RunUntilComplete(EventLoop, Coroutine)"/>
        /// <returns>The coroutine's result.</returns>
        public T RunUntilComplete<T>(Coroutine<T> coroutine)
        {
            loop.CheckCanRun();
            LoopTask<T> task = loop.CreateTask(coroutine);
            loop.RunUntilComplete(task);
            return task.Result;
        }

        /// <summary>Runs the loop until a future of it is done, and throws its error if it has one.</summary>
        /// <exception cref="InvalidOperationException">The loop was stopped before the future was done, is closed or is
        /// running, or the future belongs to another loop.</exception>
        public void RunUntilComplete(Future future)
        {
            ArgumentNullException.ThrowIfNull(future);
            if (future.Loop != loop)
            {
                throw new InvalidOperationException($"{future.Describe()} belongs to another loop.");
            }

            // Before the callback is added: that of a future that is done would stop the loop that runs here.
            loop.CheckCanRun();

            // A callback and nothing else: this is how one stops a loop when something has ended.
            Action<Future> stop = static done => done.Loop.Stop();
            future.AddDoneCallback(stop);
            try
            {
                loop.RunForever();
            }
            finally
            {
                future.RemoveDoneCallback(stop);
            }

            if (!future.IsDone)
            {
                throw new InvalidOperationException($"The loop was stopped before {future.Describe()} was done.");
            }

            future.ThrowIfNotSuccessful();
        }
    }

    private static LoopTaskOptions Options(
        string? name, ExecutionContext? context, bool? eagerStart, CancellationToken cancellationToken) => new()
        {
            Name = name,
            Context = context,
            EagerStart = eagerStart,
            CancellationToken = cancellationToken,
        };

    private static InvalidOperationException NoTask(LoopTaskFactory factory) =>
        new($"The loop's task factory, {factory.GetType().Name}, returned no task.");
}
