import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.h2.mvstore.MVStore;

/**
 * A mongo-java-server: prints its address, ends when its standard input does.
 *
 * <p>Arguments: none for one that keeps everything in memory, on a free port; a file and a port for one that keeps
 * what it has acknowledged in that file, so that it can be killed and started again.
 */
public final class Main {
    /** The newest it calls itself is wire version 8 (5.0, by its own count); pymongo wants 9, and 13 is MongoDB 5.0's. */
    private static final class AsDriversExpect implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 13;
        }
    }

    /** Commits before it answers a write; by itself H2 commits once a second. */
    private static final class Durable extends H2Backend {
        private static final Set<String> READS =
            Set.of("aggregate", "count", "endSessions", "find", "getMore", "hello", "isMaster", "ismaster", "killCursors",
                "listIndexes", "ping");
        private final MVStore store;

        Durable(MVStore store) {
            super(store);
            this.store = store;
        }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document answer = super.handleMessage(message);
            if (!READS.contains(message.getDocument().keySet().iterator().next())) {
                store.commit();
            }
            return answer;
        }
    }

    private static MongoBackend durable(String file) {
        return new Durable(new MVStore.Builder().fileName(file).autoCommitBufferSize(0).open());
    }

    public static void main(String[] arguments) throws Exception {
        MongoBackend backend = arguments.length == 0 ? new MemoryBackend() : durable(arguments[0]);
        int port = arguments.length < 2 ? 0 : Integer.parseInt(arguments[1]);
        ((AbstractMongoBackend) backend).version(new AsDriversExpect());
        MongoServer server = new MongoServer(backend);
        server.bind(new InetSocketAddress("127.0.0.1", port));
        System.out.println("mongodb://127.0.0.1:" + server.getLocalAddress().getPort() + "/");
        while (System.in.read() != -1) {
            continue;
        }
        server.shutdownNow();
    }
}
