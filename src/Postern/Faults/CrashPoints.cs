using System.Reflection;

namespace Postern.Faults;

/// <summary>The crash points, by room. Each stands at one place of the source (a test checks it), and the suite ends a node at each of them.</summary>
internal static class CrashPoints
{
    // Gateway: what a publisher or a caller of the API gave us.
    public const string PublishBeforeStage = "publish-before-stage";
    public const string PublishAfterCommit = "publish-after-commit";
    public const string PublishAfterAnswer = "publish-after-answer";
    public const string CaptureAfterUpstream = "capture-after-upstream";
    public const string CaptureAfterCommit = "capture-after-commit";

    // Subscriptions.
    public const string SubscribeBeforeCommit = "subscribe-before-commit";
    public const string SubscribeAfterCommit = "subscribe-after-commit";
    public const string SubscribeAfterAnswer = "subscribe-after-answer";
    public const string ChangeBeforeCommit = "change-before-commit";
    public const string ChangeAfterCommit = "change-after-commit";
    public const string ProofBeforeAsking = "proof-before-asking";
    public const string ProofBeforeCommit = "proof-before-commit";
    public const string ProofAfterCommit = "proof-after-commit";
    public const string UnsubscribeBeforeCommit = "unsubscribe-before-commit";
    public const string UnsubscribeAfterCommit = "unsubscribe-after-commit";
    public const string UnsubscribeAfterAnswer = "unsubscribe-after-answer";
    public const string ReplayBeforeCommit = "replay-before-commit";
    public const string ReplayAfterCommit = "replay-after-commit";
    public const string ReplayAfterPublish = "replay-after-publish";

    // Store: the writer's commit.
    public const string WriterBeforeBegin = "writer-before-begin";
    public const string WriterAfterBegin = "writer-after-begin";
    public const string WriterAfterOperation = "writer-after-operation";
    public const string WriterBeforeCommit = "writer-before-commit";
    public const string WriterAfterCommit = "writer-after-commit";
    public const string WriterBeforeWaiters = "writer-before-waiters";
    public const string WriterBetweenWaiters = "writer-between-waiters";
    public const string WriterAfterWaiters = "writer-after-waiters";

    // Store: in the middle of one operation.
    public const string StageAfterEvent = "stage-after-event";
    public const string MatchAfterCallback = "match-after-callback";
    public const string MatchAfterCursor = "match-after-cursor";
    public const string RecordAfterOutcome = "record-after-outcome";
    public const string RecordAfterAttempt = "record-after-attempt";
    public const string SubscriptionAfterRow = "subscription-after-row";
    public const string RemovalAfterRow = "removal-after-row";
    public const string UnparkBetweenTables = "unpark-between-tables";
    public const string EndBetweenStates = "end-between-states";

    public const string DeferBetweenTables = "defer-between-tables";
    public const string ReleaseAfterRemoval = "release-after-removal";
    public const string ReleaseAfterNext = "release-after-next";
    public const string AnswerAfterEffect = "answer-after-effect";
    public const string AnswerAfterRow = "answer-after-row";
    public const string JobAfterRow = "job-after-row";
    public const string JobAfterCallbacks = "job-after-callbacks";
    public const string EraseAfterOrder = "erase-after-order";
    public const string EraseAfterRows = "erase-after-rows";
    public const string ExpireAfterRows = "expire-after-rows";

    // Store: the write-ahead log.
    public const string CheckpointBefore = "checkpoint-before";
    public const string CheckpointAfter = "checkpoint-after";

    // Store: opening.
    public const string MigrationBefore = "migration-before";
    public const string MigrationAfterTables = "migration-after-tables";
    public const string MigrationBeforeCommit = "migration-before-commit";
    public const string MigrationAfter = "migration-after";
    public const string StartAfterLock = "start-after-lock";
    public const string StartAfterOpen = "start-after-open";

    // Listener.
    public const string ListenerAfterIndex = "listener-after-index";
    public const string ListenerAfterRead = "listener-after-read";
    public const string ListenerBeforeCommit = "listener-before-commit";
    public const string ListenerAfterCommit = "listener-after-commit";
    public const string ListenerAfterPublish = "listener-after-publish";

    // Callbacks.
    public const string DispatchAfterTake = "dispatch-after-take";
    public const string DispatchAfterEnqueue = "dispatch-after-enqueue";
    public const string RefillAfterRead = "refill-after-read";
    public const string DeferBeforeCommit = "defer-before-commit";
    public const string DeferAfterCommit = "defer-after-commit";
    public const string ReleaseBeforePublish = "release-before-publish";
    public const string RebuildBetweenPages = "rebuild-between-pages";
    public const string RebuildAfter = "rebuild-after";
    public const string SendBefore = "send-before";
    public const string SendAfterStatus = "send-after-status";
    public const string SendAfterBody = "send-after-body";
    public const string RecordBefore = "record-before";
    public const string RecordAfterCommit = "record-after-commit";
    public const string RetryBeforeCommit = "retry-before-commit";
    public const string RetryAfterCommit = "retry-after-commit";
    public const string ParkBeforeCommit = "park-before-commit";
    public const string ParkAfterCommit = "park-after-commit";
    public const string BuryBeforeCommit = "bury-before-commit";
    public const string BuryAfterCommit = "bury-after-commit";
    public const string GoneBeforeCommit = "gone-before-commit";
    public const string GoneAfterCommit = "gone-after-commit";
    public const string DropBeforeCommit = "drop-before-commit";
    public const string DropAfterCommit = "drop-after-commit";

    // Retention.
    public const string ExpireAfterCommit = "expire-after-commit";
    public const string EraseBeforeCommit = "erase-before-commit";
    public const string EraseAfterCommit = "erase-after-commit";

    // Start and stop of the node.
    public const string StartBeforePorts = "start-before-ports";
    public const string StartAfterPorts = "start-after-ports";
    public const string StopBefore = "stop-before";
    public const string StopAfterRoles = "stop-after-roles";
    public const string StopAfterStore = "stop-after-store";

    /// <summary>Their names, in the order above.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(CrashPoints).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)];
}
