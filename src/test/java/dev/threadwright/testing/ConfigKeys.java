package dev.threadwright.testing;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import io.smallrye.config.common.utils.StringUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The keys that {@code ThreadwrightConfig} declares, and what its source says of them. */
public final class ConfigKeys {

    private static final Path SOURCE =
            Path.of("src", "main", "java", "dev", "threadwright", "ops", "ThreadwrightConfig.java");

    private static final String PREFIX = "threadwright";

    /** What stands for a name that whoever configures it chooses. */
    private static final String ANY = "*";

    /**
     * One key, or one for each name.
     *
     * @param name whole; with {@code *} for names that are chosen
     * @param type as it is written: {@code int}, {@code Duration}, {@code List<String>}; without {@code Optional}
     * @param otherwise its default; null if it has none
     * @param optional whether it may be without value
     * @param says its Javadoc as Markdown; empty if it has none
     */
    public record Key(String name, String type, @Nullable String otherwise, boolean optional, String says) {

        /** The key with this chosen name. */
        public String of(String chosen) {
            return name.replace(ANY, chosen);
        }
    }

    private final DocTrees docs;
    private final CompilationUnitTree unit;
    private final Map<String, ClassTree> types = new HashMap<>();
    private final Map<String, String> groups = new LinkedHashMap<>();
    private final List<Key> keys = new ArrayList<>();

    private ConfigKeys(DocTrees docs, CompilationUnitTree unit) {
        this.docs = docs;
        this.unit = unit;
    }

    /** In the order of the source. */
    public static List<Key> all() {
        return read().keys;
    }

    /** What is said of the groups that have something said of them, where they stand and as their types, by their prefixes. */
    public static Map<String, String> groups() {
        return read().groups;
    }

    private static ConfigKeys read() {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task =
                    (JavacTask) compiler.getTask(null, files, null, null, null, files.getJavaFileObjects(SOURCE));
            CompilationUnitTree unit = task.parse().iterator().next();
            ConfigKeys keys = new ConfigKeys(DocTrees.instance(task), unit);
            ClassTree top = (ClassTree) unit.getTypeDecls().getFirst();
            keys.collectTypes(top);
            keys.collect(PREFIX, top);
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void collectTypes(ClassTree type) {
        types.put(type.getSimpleName().toString(), type);
        for (Tree member : type.getMembers()) {
            if (member instanceof ClassTree nested) {
                collectTypes(nested);
            }
        }
    }

    private void collect(String prefix, ClassTree type) {
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree method) {
                collect(prefix, method);
            }
        }
    }

    private void collect(String prefix, MethodTree method) {
        boolean isParents = annotation(method, "WithParentName") != null;
        String key = isParents
                ? prefix
                : prefix + "." + StringUtil.skewer(method.getName().toString());
        String type = method.getReturnType().toString();
        if (method.getReturnType() instanceof ParameterizedTypeTree generic
                && generic.getType().toString().equals("Map")) {
            key += "." + ANY;
            type = generic.getTypeArguments().getLast().toString();
        }
        ClassTree group = types.get(type);
        if (group != null) {
            String words = (says(method) + " " + says(group)).strip();
            if (!words.isEmpty()) {
                groups.put(key, words);
            }
            collect(key, group);
            return;
        }
        boolean isOptional = type.startsWith("Optional");
        keys.add(new Key(
                key, isOptional ? within(type) : type, annotation(method, "WithDefault"), isOptional, says(method)));
    }

    private static String within(String optional) {
        return optional.equals("OptionalInt")
                ? "int"
                : optional.substring(optional.indexOf('<') + 1, optional.lastIndexOf('>'));
    }

    /** Its value; null if it is not there. */
    private static @Nullable String annotation(MethodTree method, String name) {
        for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
            if (annotation.getAnnotationType().toString().equals(name)) {
                return annotation.getArguments().isEmpty()
                        ? ""
                        : text(annotation.getArguments().getFirst());
            }
        }
        return null;
    }

    private static String text(ExpressionTree value) {
        ExpressionTree literal = value instanceof AssignmentTree assigned ? assigned.getExpression() : value;
        return String.valueOf(((com.sun.source.tree.LiteralTree) literal).getValue());
    }

    private String says(Tree declared) {
        DocCommentTree comment = docs.getDocCommentTree(TreePath.getPath(unit, declared));
        return comment == null
                ? ""
                : comment.getFullBody().stream()
                        .map(ConfigKeys::markdown)
                        .collect(Collectors.joining())
                        .replaceAll("\\s+", " ");
    }

    private static String markdown(DocTree part) {
        return part instanceof LiteralTree literal
                ? "`" + literal.getBody().getBody().strip() + "`"
                : part.toString();
    }
}
