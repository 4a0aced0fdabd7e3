package dev.threadwright.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * As much of kustomize as the manifests use: resources, patches that name what they change, images. Whatever else a file says is
 * refused.
 */
record Kustomization(
        String apiVersion,
        String kind,
        Optional<String> namespace,
        List<String> resources,
        Optional<List<Patch>> patches,
        Optional<List<Image>> images) {

    static final String FILE = "kustomization.yaml";

    /** Lists whose items kustomize merges by their names; others are replaced. */
    private static final List<String> MERGED_BY_NAME = List.of("containers");

    record Patch(String path) {}

    record Image(String name, Optional<String> newName, String newTag) {}

    static Kustomization in(Path directory) throws IOException {
        return Yaml.STRICT.readValue(Files.readString(directory.resolve(FILE)), Kustomization.class);
    }

    /** The documents of an overlay or a base, as they are applied. */
    static List<ObjectNode> resolved(Path directory) throws IOException {
        Kustomization file = in(directory);
        Map<String, ObjectNode> resolved = new LinkedHashMap<>();
        for (String resource : file.resources()) {
            Path path = directory.resolve(resource).normalize();
            List<ObjectNode> documents = Files.isDirectory(path) ? resolved(path) : Yaml.documents(path);
            for (ObjectNode document : documents) {
                if (resolved.put(name(document), document) != null) {
                    throw new IllegalStateException(name(document) + " is there twice; the second time in " + path);
                }
            }
        }
        for (Patch patch : file.patches().orElse(List.of())) {
            for (ObjectNode change : Yaml.documents(directory.resolve(patch.path()))) {
                ObjectNode target = resolved.get(name(change));
                if (target == null) {
                    throw new IllegalStateException(
                            "There is no " + name(change) + " for the patch " + directory.resolve(patch.path()));
                }
                merge(target, change);
            }
        }
        for (Image image : file.images().orElse(List.of())) {
            resolved.values().forEach(document -> retag(document, image));
        }
        return new ArrayList<>(resolved.values());
    }

    private static String name(ObjectNode document) {
        return document.path("kind").asText() + "/"
                + document.path("metadata").path("name").asText();
    }

    private static void merge(ObjectNode target, ObjectNode change) {
        change.properties().forEach(entry -> {
            String field = entry.getKey();
            JsonNode value = entry.getValue();
            JsonNode old = target.get(field);
            if (value.isNull()) {
                target.remove(field);
            } else if (value instanceof ObjectNode fields && old instanceof ObjectNode into) {
                merge(into, fields);
            } else if (value instanceof ArrayNode items
                    && old instanceof ArrayNode into
                    && MERGED_BY_NAME.contains(field)) {
                items.forEach(item -> mergeItem(into, (ObjectNode) item));
            } else {
                target.set(field, value);
            }
        });
    }

    private static void mergeItem(ArrayNode items, ObjectNode change) {
        for (JsonNode item : items) {
            if (item.path("name").equals(change.path("name"))) {
                merge((ObjectNode) item, change);
                return;
            }
        }
        items.add(change);
    }

    private static void retag(JsonNode node, Image image) {
        if (node instanceof ObjectNode fields) {
            JsonNode named = fields.get("image");
            if (named != null && named.asText().startsWith(image.name() + ":")) {
                fields.put("image", image.newName().orElse(image.name()) + ":" + image.newTag());
            }
        }
        node.forEach(child -> retag(child, image));
    }
}
