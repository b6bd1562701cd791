package dev.vellum.proxy.picture;

import dev.vellum.proxy.picture.vips.Niceness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes variants in the background on few platform threads of low priority. What waits and runs
 * together needs a bounded number of bytes; what would exceed them is refused at once. Equal jobs
 * are done once. Thread-safe.
 */
public final class Transcoder implements AutoCloseable {
    /*
     * Order: shortest expected job first, with ageing. A job's urgency is its expected time less
     * ageing x the time that it has waited. All grow at the same pace, so their order never changes
     * and expected time + ageing x time of arrival is a fixed rank. What nobody waits for ranks as
     * if it came later; when somebody comes to wait for it, it moves up.
     *
     * Room: what somebody waits for pushes out what waits for nobody, the last in order first, so
     * that a backlog of wishes whose clients are gone never keeps a fresh one out.
     *
     * Concurrency: everything below is guarded by `lock`, which is held for bookkeeping only.
     * Outcomes are completed without it, because callers' code runs then.
     */

    /** By how much later what nobody waits for seems to have come: 30 s. */
    private static final double BEHIND_NANOS = 30e9;

    /** Whoever waited so long for a job waits no more: half a minute. */
    private static final long LONGEST_WAIT_NANOS = 30_000_000_000L;

    private final TranscoderConfig config;
    private final LongSupplier nanoTime;
    private final Runnable threadEnd;
    private final Object lock = new Object();
    private final PriorityQueue<Job> waiting =
            new PriorityQueue<>(
                    Comparator.comparingDouble((Job job) -> job.rank)
                            .thenComparingLong(job -> job.number));
    private final Map<Object, Job> jobs = new HashMap<>();
    private final Map<Job, Long> running = new HashMap<>(); // and when each began
    private final List<Thread> workers = new ArrayList<>();
    private long reserved;
    private long numbers;
    private long worked;
    private boolean closed;

    private Transcoder(TranscoderConfig config, LongSupplier nanoTime, Runnable threadEnd) {
        this.config = config;
        this.nanoTime = nanoTime;
        this.threadEnd = threadEnd;
    }

    /**
     * A transcoder with its workers running.
     *
     * @param nanoTime as {@link System#nanoTime}
     * @param threadEnd called by each worker before it ends, such as {@link
     *     PictureFormats#leaveThread}
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint: requests go first
    public static Transcoder start(
            TranscoderConfig config, LongSupplier nanoTime, Runnable threadEnd) {
        Transcoder transcoder = new Transcoder(config, nanoTime, threadEnd);
        for (int i = 0; i < config.threads(); i++) {
            Thread worker =
                    Thread.ofPlatform()
                            .name("transcoder-" + i)
                            .daemon()
                            .priority(Thread.MIN_PRIORITY)
                            .unstarted(transcoder::work);
            transcoder.workers.add(worker);
        }
        transcoder.workers.forEach(Thread::start);
        return transcoder;
    }

    /**
     * Takes a job, unless one with the same key waits or runs: then the caller joins that.
     *
     * @param key what the job makes; jobs with equal keys have equal outcomes
     * @param limit time from now after which the outcome is of no use
     * @param work runs at most once, on a worker's thread, and heeds the deadline
     */
    public Admission submit(
            Object key, Cost cost, Duration limit, Function<Deadline, Making> work) {
        return submit(key, cost, limit, true, work);
    }

    /**
     * As {@link #submit(Object, Cost, Duration, Function)}.
     *
     * @param awaited whether somebody waits for the outcome; others take precedence over what is
     *     not, and may push it out
     */
    public Admission submit(
            Object key,
            Cost cost,
            Duration limit,
            boolean awaited,
            Function<Deadline, Making> work) {
        List<Job> pushed = new ArrayList<>();
        Admission admission = admit(key, cost, limit, awaited, work, pushed);
        pushed.forEach(job -> finish(job, new Making.Bypassed(Bypass.OVERLOADED, "pushed out")));
        return admission;
    }

    private Admission admit(
            Object key,
            Cost cost,
            Duration limit,
            boolean awaited,
            Function<Deadline, Making> work,
            List<Job> pushed) {
        synchronized (lock) {
            if (closed) {
                return new Admission.Refused(Bypass.CANCELLED);
            }
            Job running = jobs.get(key);
            if (running != null && !running.deadline.over()) {
                if (awaited) {
                    moveUp(running);
                }
                return new Admission.Taken(running.join());
            }
            if (cost.bytes() > config.memory().bytes()) {
                return new Admission.Refused(Bypass.TOO_MANY_PIXELS);
            }
            pushed.addAll(pushOut(cost.bytes() - (config.memory().bytes() - reserved), awaited));
            if (cost.bytes() > config.memory().bytes() - reserved) {
                return new Admission.Refused(Bypass.OVERLOADED);
            }
            Job job = new Job(key, cost, limit, awaited, work);
            reserved += cost.bytes();
            jobs.put(key, job);
            waiting.add(job);
            lock.notify();
            return new Admission.Taken(job.join());
        }
    }

    /** Takes out of the queue what may go, if that sets so many bytes free. */
    private List<Job> pushOut(long bytes, boolean forAwaited) {
        if (bytes <= 0) {
            return List.of();
        }
        List<Job> candidates =
                waiting.stream()
                        .filter(job -> mayGo(job, forAwaited))
                        .sorted(Comparator.comparingDouble(job -> -job.rank))
                        .toList();
        if (candidates.stream().mapToLong(job -> job.cost.bytes()).sum() < bytes) {
            return List.of();
        }
        List<Job> out = new ArrayList<>();
        long most = reserved - bytes;
        for (Job job : candidates) {
            if (reserved <= most) {
                break;
            }
            waiting.remove(job);
            jobs.remove(job.key, job);
            free(job);
            out.add(job);
        }
        return out;
    }

    private boolean mayGo(Job job, boolean forAwaited) {
        boolean stale = nanoTime.getAsLong() - job.arrived > LONGEST_WAIT_NANOS;
        return job.deadline.over() || (forAwaited && (stale || !job.awaited));
    }

    private void free(Job job) {
        if (!job.freed) {
            job.freed = true;
            reserved -= job.cost.bytes();
        }
    }

    private void moveUp(Job job) {
        if (!job.awaited && waiting.remove(job)) {
            job.awaited = true;
            job.rank -= config.ageing() * BEHIND_NANOS;
            waiting.add(job);
        }
    }

    /** Bytes set aside for jobs that wait or run. */
    public long reservedBytes() {
        synchronized (lock) {
            return reserved;
        }
    }

    /** Jobs that wait for a worker. */
    public int waitingJobs() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /** Jobs that workers did, whatever came of them. */
    public long workedJobs() {
        synchronized (lock) {
            return worked;
        }
    }

    /** How long a job of that expected time would wait now for a worker, should no other come. */
    public Duration expectedWait(Duration time) {
        synchronized (lock) {
            long now = nanoTime.getAsLong();
            double before = rank(time, now);
            double nanos = 0;
            for (Map.Entry<Job, Long> one : running.entrySet()) {
                nanos += Math.max(0, one.getKey().cost.time().toNanos() - (now - one.getValue()));
            }
            for (Job job : waiting) {
                nanos += job.rank <= before ? job.cost.time().toNanos() : 0;
            }
            return Duration.ofNanos((long) (nanos / Math.max(1, config.threads())));
        }
    }

    private double rank(Duration time, long now) {
        return time.toNanos() + config.ageing() * now;
    }

    private void work() {
        Niceness.yieldToOthers();
        try {
            for (Job job = await(); job != null; job = await()) {
                run(job);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            threadEnd.run();
        }
    }

    /** The next job; null once closed. */
    private @Nullable Job await() throws InterruptedException {
        synchronized (lock) {
            while (waiting.isEmpty() && !closed) {
                lock.wait();
            }
            return next();
        }
    }

    private @Nullable Job next() {
        Job job = waiting.poll();
        if (job != null) {
            running.put(job, nanoTime.getAsLong());
        }
        return job;
    }

    /** Does the next job on the caller's thread, if one waits. */
    boolean runNext() {
        Job job;
        synchronized (lock) {
            job = next();
        }
        if (job == null) {
            return false;
        }
        run(job);
        return true;
    }

    private void run(Job job) {
        Making outcome;
        if (job.deadline.over()) {
            outcome = new Making.Bypassed(job.deadline.reason(), "waited too long");
        } else {
            try {
                outcome = job.work.apply(job.deadline);
            } catch (Throwable broken) { // a worker outlives whatever one picture does
                outcome = new Making.Bypassed(Bypass.FAILED, broken.toString());
            }
            synchronized (lock) {
                worked++;
            }
        }
        finish(job, outcome);
    }

    private void finish(Job job, Making outcome) {
        synchronized (lock) {
            jobs.remove(job.key, job);
            running.remove(job);
            free(job);
        }
        job.outcome.complete(outcome);
    }

    /** Ends all jobs as cancelled and lets the workers go. */
    @Override
    public void close() {
        List<Job> dropped;
        synchronized (lock) {
            closed = true;
            jobs.values().forEach(job -> job.deadline.callOff());
            dropped = new ArrayList<>(waiting);
            waiting.clear();
            lock.notifyAll();
        }
        dropped.forEach(job -> finish(job, new Making.Bypassed(Bypass.CANCELLED, "shutting down")));
    }

    private final class Job {

        private final Object key;
        private final Cost cost;
        private final Function<Deadline, Making> work;
        private final Deadline deadline;
        private double rank; // guarded by lock
        private boolean awaited; // guarded by lock
        private boolean freed; // guarded by lock
        private final long arrived;
        private final long number = numbers++;
        private final CompletableFuture<Making> outcome = new CompletableFuture<>();
        private int interested; // guarded by lock

        Job(
                Object key,
                Cost cost,
                Duration limit,
                boolean awaited,
                Function<Deadline, Making> work) {
            this.key = key;
            this.cost = cost;
            this.work = work;
            this.awaited = awaited;
            this.deadline = Deadline.in(limit, nanoTime);
            this.arrived = nanoTime.getAsLong();
            double since = awaited ? 0 : config.ageing() * BEHIND_NANOS;
            this.rank = rank(cost.time(), arrived) + since;
        }

        Admission.Ticket join() {
            interested++;
            return new Share(this);
        }

        private void leave() {
            boolean dropped;
            synchronized (lock) {
                if (--interested > 0) {
                    return;
                }
                deadline.callOff();
                dropped = waiting.remove(this);
            }
            if (dropped) {
                finish(this, new Making.Bypassed(Bypass.CANCELLED, "nobody waits for it"));
            }
        }
    }

    private final class Share implements Admission.Ticket {

        private final Job job;
        private boolean left; // guarded by lock

        Share(Job job) {
            this.job = job;
        }

        @Override
        public CompletableFuture<Making> outcome() {
            return job.outcome.copy(); // callers complete their own copy only
        }

        @Override
        public void cancel() {
            synchronized (lock) {
                if (left) {
                    return;
                }
                left = true;
            }
            job.leave();
        }
    }
}
