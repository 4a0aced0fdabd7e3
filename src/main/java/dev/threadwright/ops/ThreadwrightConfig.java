package dev.threadwright.ops;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** All keys that begin with {@code threadwright.}; an unknown one stops the start. */
@ConfigMapping(prefix = "threadwright")
public interface ThreadwrightConfig {

    Instance instance();

    /**
     * How many partitions every topic has. Stored at the first start and fixed from then on, because it decides which
     * partition owns a thread.
     */
    @WithDefault("16")
    int partitions();

    /** Loops of this instance; half the cores, and at least one, if not set. */
    OptionalInt loops();

    Decide decide();

    Limits limits();

    Topics topics();

    Group group();

    Data data();

    Embedded embedded();

    Identity identity();

    /** Besides {@code default}, which there always is. By their names: 1 to 63 lower-case letters, digits, _ and -. */
    Map<String, Tenant> tenants();

    Postgres postgres();

    Workflows workflows();

    HttpSteps httpSteps();

    /** Requests that workflows send. */
    interface HttpSteps {
        /**
         * Where they may go: {@code api.example.com}, {@code *.example.com} for what is below it, {@code *} for every host;
         * with a port for that one alone; over https unless {@code http://} stands before it.
         */
        @WithDefault("*")
        Optional<List<String>> allowHosts();

        /** Whether they may go to addresses that are not public: this host, its network, the metadata of its cloud. */
        @WithDefault("false")
        boolean allowPrivate();

        /** Those of them that requests may go to: {@code 10.1.0.0/16}, {@code fd00::/8}, {@code 10.1.2.3}. */
        Optional<List<String>> allowAddresses();

        /** Of an answer's body; more fails the step. */
        @WithDefault("1048576")
        int maxResponseBytes();

        /** How many are followed. */
        @WithDefault("5")
        int maxRedirects();

        /** The longest that one attempt takes, whatever its step says. */
        @WithDefault("5m")
        Duration timeout();
    }

    /** Who may ask, over HTTP; over Kafka, topics say whose a record is, and the brokers who may write it. */
    interface Identity {
        /**
         * Whether callers have to say who they are. Not set: they have to if there is a key, or an issuer. A server with a
         * Kafka or Postgres of somebody else's does not start without identity, unless this is {@code false}.
         */
        Optional<Boolean> enabled();

        /** Whether {@code /q/metrics} is told to anybody; else to who has the role operate. */
        @WithDefault("false")
        boolean openMetrics();

        /** API keys, by the names under which the journal keeps what is done with them. */
        Map<String, Key> keys();

        /** Of callers who send it as {@code X-Api-Key}, or as a bearer token. */
        interface Key {
            /** {@code sha256:} and hexadecimal digits; {@code threadwright key} makes a key and its hash. */
            String hash();

            /** Whose threads it is for. */
            @WithDefault("default")
            String tenant();

            /** Out of read, write, resolve, operate and administer. */
            List<String> roles();
        }

        Oidc oidc();

        /**
         * Tokens (JWTs) of an OpenID issuer, which callers send as bearer tokens. Claims are named, or given by a path: {@code
         * realm_access/roles}.
         */
        interface Oidc {
            /** Whose tokens are believed: {@code https://login.example.com/realms/threads}, as tokens have it in {@code iss}. */
            Optional<String> issuer();

            /** Where the issuer's keys are; not set: where its discovery document says. */
            Optional<String> jwksUrl();

            /** What tokens must be for, one of them at least; their {@code aud}. */
            Optional<List<String>> audience();

            /** The claim that says whose threads a token is for. */
            Optional<String> tenantClaim();

            /** Of tokens without that claim, or of all if none is named; not set: they are nobody's. */
            Optional<String> tenant();

            /** The claim that says what the caller may do: a list, or a text with spaces such as {@code scope}. */
            @WithDefault("roles")
            String rolesClaim();

            Roles roles();

            /** The claim under which the journal keeps who did something. */
            @WithDefault("sub")
            String nameClaim();

            /** By how much the issuer's clock and this server's may differ; ten minutes at most. */
            @WithDefault("30s")
            Duration clockSkew();

            /** Which values of the roles' claim give which role. */
            interface Roles {
                /** Any of them gives the role read. */
                @WithDefault("read")
                List<String> read();

                /** Any of them gives the role write. */
                @WithDefault("write")
                List<String> write();

                /** Any of them gives the role resolve. */
                @WithDefault("resolve")
                List<String> resolve();

                /** Any of them gives the role operate. */
                @WithDefault("operate")
                List<String> operate();

                /** Any of them gives the role administer. */
                @WithDefault("administer")
                List<String> administer();
            }
        }
    }

    /** A tenant's topics. Topics not set are those of {@code threadwright.topics} with a point and its name. */
    interface Tenant {
        /** What its users and systems publish. */
        Optional<String> input();

        /** What its workers answer. */
        Optional<String> results();

        /** What happens to its runs and inputs. */
        Optional<String> lifecycle();

        /** Its part of the journal. */
        Optional<String> events();

        /** What of its input or results could not be understood. */
        Optional<String> deadLetter();

        /** What its workers are asked for. */
        Optional<String> actions();

        /** Chat models of the server that its workflows may ask, by name; none unless listed. {@code default} may ask all. */
        Optional<List<String>> models();

        /**
         * What its steps send and nobody sees; else files of the directory of its name in {@code
         * threadwright.secrets.directory}. {@code default} has {@code threadwright.secrets}, which no other tenant has.
         */
        Map<String, String> secrets();

        Quota quota();
    }

    Quota quota();

    /** What a tenant may have. What of it is not set is unlimited; what a tenant has of its own stands above what all have. */
    interface Quota {
        /** Inputs that each server takes of it in a second: over HTTP, and from its own input topic. */
        OptionalInt inputsPerSecond();

        /** Inputs that are taken at once after a quiet time; as many as in a second if not set. */
        OptionalInt burst();

        /** Threads, all that are not deleted. */
        OptionalInt threads();

        /** Runs that have not ended: those at work, those that wait for somebody, those that queue. */
        OptionalInt outstandingRuns();
    }

    Actions actions();

    /** How much of what leaves the server may be under way; of each server by itself. */
    interface Actions {
        /**
         * By what attempts reach: the name of an action, {@code "http/api.example.com"} for requests to that host, {@code
         * chat/default} for a chat model.
         */
        Map<String, ActionLimit> limits();

        /** Of each thread. */
        ActionLimit perThread();

        /** Of each tenant. */
        ActionLimit perTenant();

        Circuit circuit();

        /** Attempts that wait for their turn and are remembered in memory; more wait in the journal alone. */
        @WithDefault("100000")
        int maxHeld();

        interface ActionLimit {
            /** Attempts under way at once; any number if not set. */
            OptionalInt concurrency();

            /** Attempts that begin in a period; any number if not set. */
            OptionalInt rate();

            /** The period of the rate. */
            @WithDefault("1s")
            Duration ratePeriod();
        }

        /** What fails too often is left alone for a while, and the runs that want it wait. */
        interface Circuit {
            /** Whether there is any. */
            @WithDefault("true")
            boolean enabled();

            /** Of the last attempts, failures for passing reasons that open it; 1 to 100. */
            @WithDefault("50")
            int failurePercent();

            /** How many the last attempts are. */
            @WithDefault("20")
            int window();

            /** How many there must have been. */
            @WithDefault("10")
            int minimum();

            /** How long nothing is tried. */
            @WithDefault("10s")
            Duration pause();

            /** Attempts that find out then whether it works again. */
            @WithDefault("3")
            int probes();
        }
    }

    Callbacks callbacks();

    /** The URLs by which whoever an HTTP step has asked tells the result later. */
    interface Callbacks {
        /**
         * Where others reach this server, or what stands before it: {@code https://threads.example.com}, or with a path.
         * Not set, nobody can call back; a server with servers of its own and nobody else's has the one that it listens on.
         */
        Optional<String> publicUrl();

        /**
         * Signs them, the same on all instances: 32 bytes or more. Made at the first start and kept in the database if not
         * set. What was signed by another one is not believed.
         */
        Optional<String> secret();
    }

    Secrets secrets();

    /** What steps send and nobody sees; each by its name. */
    interface Secrets {
        /** Where there is a file for each, as Kubernetes mounts them. */
        Optional<String> directory();

        /** The others: they are read where they are needed, and are here so that their keys are known. */
        @WithParentName
        Map<String, String> values();
    }

    /**
     * Chat models that workflows may ask, by name. {@code default} is there without this, too, if {@code OPENAI_BASE_URL} or
     * {@code OPENAI_API_KEY} is set.
     */
    Map<String, Model> models();

    interface Model {
        /** What stands before {@code /chat/completions}. */
        String baseUrl();

        /** Sent to that address and told nobody else. */
        Optional<String> apiKey();

        /** As it is called there. */
        @WithDefault("gpt-4o-mini")
        String model();

        /** From asking to the end of the answer; an hour at most. */
        @WithDefault("2m")
        Duration timeout();
    }

    Encryption encryption();

    /** What threads hold, sealed where it is stored, with a key for each thread; and the destruction of those keys. */
    interface Encryption {
        /** Whether what is stored from now on is sealed. What is stored already stays as it is, and both are read. */
        @WithDefault("false")
        boolean enabled();

        /**
         * The master keys, one a line: {@code threadwright master-key} makes one. If not set, a {@code KeyProvider} on the
         * class path has them.
         */
        Optional<String> keyFile();

        /** Threads whose keys an instance keeps in memory. */
        @WithDefault("20000")
        int cachedKeys();

        /** How often an instance goes on with erasures. */
        @WithDefault("5s")
        Duration tick();
    }

    Crons crons();

    Lifetimes lifetimes();

    interface Lifetimes {
        /** How often an instance looks for threads that have outlived their time. */
        @WithDefault("10s")
        Duration tick();
    }

    Shutdown shutdown();

    /** How a server ends that is told to. */
    interface Shutdown {
        /** For which it says that it is not ready and goes on as before, until those who choose among servers have noticed. */
        @WithDefault("0s")
        Duration delay();

        /** How long, after that, callers may go on waiting for their answers. */
        @WithDefault("10s")
        Duration drain();
    }

    Retention retention();

    /** What goes when it is old, so that the database does not grow for ever. */
    interface Retention {
        /**
         * After which a thread is deleted on which nothing has happened, and which has no time to live of its own; never if not
         * set. What is busy, or waits for somebody, stays.
         */
        Optional<Duration> deleteIdleAfter();

        /** After which the rows of a deleted thread go, all but its tombstone. */
        @WithDefault("7d")
        Duration purgeDeletedAfter();

        /** After which rows of the outbox go: what was forwarded, asked of workers, or set aside; all of it is on Kafka. */
        @WithDefault("7d")
        Duration purgeOutboxAfter();

        /** How often an instance looks. */
        @WithDefault("10s")
        Duration tick();
    }

    Store store();

    interface Store {
        /** How often an instance deletes what has expired; it is not seen any more before that either. */
        @WithDefault("1m")
        Duration sweep();
    }

    interface Crons {
        /** How often an instance looks for crons that are due. */
        @WithDefault("1s")
        Duration tick();
    }

    DeadLetters deadLetters();

    /** Those that HTTP lists and sends again; the records on their topic are kept as Kafka is told to. */
    interface DeadLetters {
        /** Bytes of one: key, headers and value together. What is larger is kept cut, and can only be looked at. */
        @WithDefault("1048576")
        int bodyBytes();

        /** How long they are kept. */
        @WithDefault("30d")
        Duration keep();

        /** How many are kept; the oldest go first. */
        @WithDefault("100000")
        int maxCount();

        /** How often an instance takes away those that are too old or too many. */
        @WithDefault("1m")
        Duration sweep();
    }

    Traces traces();

    /** Spans of the server's own. */
    interface Traces {
        /**
         * Where they are sent, as OTLP over gRPC: {@code http://collector:4317}. {@code OTEL_EXPORTER_OTLP_ENDPOINT} counts if
         * not set; where neither is, none are made. More is under {@code quarkus.otel}.
         */
        Optional<String> endpoint();
    }

    Metrics metrics();

    /** What {@code /q/metrics} tells. */
    interface Metrics {
        /** How often an instance asks Postgres and Kafka what waits, which no scrape does. */
        @WithDefault("15s")
        Duration sample();
    }

    Webhooks webhooks();

    interface Webhooks {
        /** Signs what is sent: {@code whsec_} and a key as base64, as Standard Webhooks have it. Unsigned if not set. */
        Optional<String> secret();

        /** Whether webhooks may go to addresses that are not public: this host, its network, the metadata of its cloud. */
        @WithDefault("false")
        boolean allowPrivate();

        /** To connect, to send, and until the answer's status is there; a minute at most. */
        @WithDefault("10s")
        Duration timeout();

        /** The first included; with twice as long in between each time, up to an hour. */
        @WithDefault("12")
        int maxAttempts();
    }

    interface Workflows {
        /**
         * Where documents are that are registered for everyone when a server starts; {@code ./workflows} if not set and
         * there.
         */
        Optional<String> directory();

        /** Whether the examples are registered too. */
        @WithDefault("true")
        boolean examples();
    }

    interface Instance {
        /** What logs and claims call this process; the host's name if not set. */
        Optional<String> name();

        /**
         * A name that stays the same across restarts and that no other process has at the same time: then a restart
         * takes its partitions back at once instead of after the session timeout. If another one joins under it, this
         * one goes on without it.
         */
        Optional<String> staticId();
    }

    interface Decide {
        /** What is done with an input that arrives while a run is unfinished: a name, or an object as JSON text. */
        @WithDefault("interrupt")
        String policy();

        /** The workflow of an input that names none, on a thread that has none. */
        @WithDefault("echo")
        String workflow();

        /** Started runs that a thread may have unfinished. */
        @WithDefault("10")
        int maxActiveRuns();

        /** Inputs that may wait in one run's inbox. */
        @WithDefault("100")
        int maxInbox();

        /** Events that a thread may keep for steps that will wait for them. */
        @WithDefault("100")
        int maxKept();

        /** How long it keeps each. */
        @WithDefault("1d")
        Duration keptTtl();
    }

    interface Limits {
        /** Bytes of an input's value. */
        @WithDefault("1048576")
        int dataBytes();

        /** Bytes that are held of all bodies of requests that are not complete yet; at the limit the oldest is given up. */
        @WithDefault("67108864")
        long bodyBytes();

        /** From the headers of a request to the end of its body; what takes longer is ended. */
        @WithDefault("1m")
        Duration bodyTime();

        /** WebSockets of the newer protocol that are open on one instance. */
        @WithDefault("5000")
        int eventSockets();

        /** Bytes of a record that is published; larger data is referred to. Also the limit of topics created here. */
        @WithDefault("8388608")
        int recordBytes();

        /** Works in one commit. */
        @WithDefault("2000")
        int batchCount();

        /** Bytes that one commit writes, and of what it is made of; a single decision may exceed it. */
        @WithDefault("8388608")
        long batchBytes();

        /** Works that may wait for a loop; consuming pauses at the limit. */
        @WithDefault("8000")
        int mailboxCount();

        /** Bytes in memory of what waits for a loop; consuming pauses at the limit. */
        @WithDefault("67108864")
        long mailboxBytes();

        /** Threads that a loop keeps in memory between commits. */
        @WithDefault("20000")
        int actors();

        /** Estimated bytes of the threads that a loop keeps in memory between commits. */
        @WithDefault("268435456")
        long actorBytes();

        /** Events of a thread after which its state is stored, so that a load reads fewer. */
        @WithDefault("500")
        int snapshotEvery();
    }

    interface Topics {
        /** What users and other systems publish. */
        @WithDefault("threadwright.input")
        String input();

        /** The same from HTTP; servers alone may write it. */
        @WithDefault("threadwright.commands")
        String commands();

        /** What workers answer. */
        @WithDefault("threadwright.results")
        String results();

        /** What happens to runs and inputs. */
        @WithDefault("threadwright.lifecycle")
        String lifecycle();

        /** Every event of the journal. */
        @WithDefault("threadwright.events")
        String events();

        /** What could not be understood, as it came. */
        @WithDefault("threadwright.dead-letter")
        String deadLetter();

        /** What workers are asked for. */
        @WithDefault("threadwright.actions")
        String actions();

        /** What servers tell each other of what handlers say while they work; of no use to others, and kept for a minute. */
        @WithDefault("threadwright.progress")
        String progress();

        /** How far each partition is published: for the servers alone, and compacted. Nothing goes on without it. */
        @WithDefault("threadwright.positions")
        String positions();

        /** Topics of their own, by the names of actions. */
        Map<String, String> actionsOf();

        /** Of topics created here; the broker's default if not set. */
        OptionalInt replicationFactor();
    }

    interface Group {
        /** The consumer group that shares the partitions among instances. */
        @WithDefault("threadwright")
        String id();

        /** Milliseconds without a heartbeat after which an instance's partitions go to others. */
        @WithDefault("10000")
        int sessionTimeoutMs();
    }

    interface Data {
        /** Where the embedded servers keep their data. */
        @WithDefault("./data")
        String directory();
    }

    interface Embedded {
        EmbeddedServer postgres();

        EmbeddedServer kafka();

        interface EmbeddedServer {
            /** The port on 127.0.0.1. */
            int port();
        }
    }

    interface Postgres {
        /** A JDBC URL. Not set: a Postgres of our own is started. */
        Optional<String> url();

        /** Who owns the tables, or may make them. */
        Optional<String> username();

        /** Of that user. */
        Optional<String> password();
    }
}
