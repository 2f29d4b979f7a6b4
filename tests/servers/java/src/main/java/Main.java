import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;

/** A mongo-java-server for the storage contract: prints its address, ends when its standard input does. */
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

    public static void main(String[] arguments) throws Exception {
        MongoServer server = new MongoServer(new MemoryBackend().version(new AsDriversExpect()));
        System.out.println("mongodb://127.0.0.1:" + server.bind().getPort() + "/");
        while (System.in.read() != -1) {
            continue;
        }
        server.shutdownNow();
    }
}
