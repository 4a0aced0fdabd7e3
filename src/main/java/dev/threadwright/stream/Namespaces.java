package dev.threadwright.stream;

import java.util.List;

/** How clients name the subgraphs that they want to hear of. */
final class Namespaces {

    private Namespaces() {}

    /** A part is named as it is, or without what follows its colon. */
    static boolean isPart(String named, String part) {
        int colon = part.indexOf(':');
        return part.equals(named) || colon >= 0 && part.substring(0, colon).equals(named);
    }

    /** @param depth how far below the prefix; negative for any */
    static boolean isBelow(List<String> prefix, int depth, List<String> namespace) {
        if (namespace.size() < prefix.size() || depth >= 0 && namespace.size() - prefix.size() > depth) {
            return false;
        }
        for (int i = 0; i < prefix.size(); i++) {
            if (!isPart(prefix.get(i), namespace.get(i))) {
                return false;
            }
        }
        return true;
    }
}
