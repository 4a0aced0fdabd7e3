package dev.threadwright.testing;

import java.lang.reflect.RecordComponent;
import java.util.stream.Stream;

/** Changes of records, which have no method for it. */
public final class Records {

    private Records() {}

    /** As it is, but for the component. */
    @SuppressWarnings("unchecked")
    public static <R extends Record> R with(R record, String component, Object value) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        boolean isThere = false;
        try {
            for (int i = 0; i < components.length; i++) {
                boolean isIt = components[i].getName().equals(component);
                isThere |= isIt;
                values[i] = isIt ? value : components[i].getAccessor().invoke(record);
            }
            if (!isThere) {
                throw new IllegalArgumentException(record.getClass() + " has no " + component);
            }
            Class<?>[] types =
                    Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return (R) record.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
