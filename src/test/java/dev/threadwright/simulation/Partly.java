package dev.threadwright.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Stand-ins for interfaces with some fifty methods, of which few are used: a proxy finds those that there are by their names. */
final class Partly {

    private Partly() {}

    /** @param own a public class's, with public methods as the interface has them */
    static <T> T as(Class<T> type, Object own) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        return of(own, method).invoke(own, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private static Method of(Object own, Method method) {
        try {
            return own.getClass().getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException e) {
            throw new AssertionError(own + " has no " + method, e);
        }
    }
}
