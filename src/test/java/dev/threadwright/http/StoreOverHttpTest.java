package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.threadwright.store.Namespace;
import dev.threadwright.store.Store;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.http.Method;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the SDK's tests of the store leave out: refusals and limits. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class StoreOverHttpTest {

    private final String mark = UUID.randomUUID().toString();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @Test
    void anItemIsPutFoundAndDeleted() {
        send("PUT", "/store/items", put("k", "{\"text\":\"hi\"}", ",\"ttl\":0.5,\"index\":[\"text\"]"))
                .statusCode(204);
        given().get("/store/items?namespace=" + mark + ".x&key=k&refresh_ttl=false")
                .then()
                .statusCode(200)
                .body("namespace", contains(mark, "x"))
                .body("value.text", equalTo("hi"));
        send(
                        "POST",
                        "/store/items/search",
                        "{\"namespace_prefix\":[\"%s\"],\"query\":\"\",\"filter\":null}".formatted(mark))
                .statusCode(200)
                .body("items.key", contains("k"));
        send("POST", "/store/namespaces", "{\"prefix\":[\"%s\"],\"max_depth\":1}".formatted(mark))
                .statusCode(200)
                .body("namespaces", equalTo(java.util.List.of(java.util.List.of(mark))));
        for (int i = 0; i < 2; i++) {
            send("DELETE", "/store/items", "{\"namespace\":[\"%s\",\"x\"],\"key\":\"k\"}".formatted(mark))
                    .statusCode(204);
        }
        given().get("/store/items?namespace=" + mark + ".x&key=k")
                .then()
                .statusCode(404)
                .body("type", equalTo("urn:threadwright:problem:item-not-found"))
                .body("detail", equalTo("There is no item k in " + mark + ".x"));
    }

    @Test
    void namesAndValuesHaveLimits() {
        String label = "l".repeat(Namespace.MAX_LABEL_BYTES);
        String item = "{\"namespace\":[\"%s\"],\"key\":\"%s\",\"value\":{}}";
        send("PUT", "/store/items", item.formatted(label, "k".repeat(Store.MAX_KEY_BYTES)))
                .statusCode(204);
        send("PUT", "/store/items", item.formatted(label + "l", "k"))
                .statusCode(422)
                .body("detail", equalTo("/namespace has a label of more than 255 bytes"));
        // Bytes, not characters.
        send("PUT", "/store/items", item.formatted("é".repeat(128), "k")).statusCode(422);
        send("PUT", "/store/items", item.formatted(label, "k".repeat(Store.MAX_KEY_BYTES + 1)))
                .statusCode(422)
                .body("detail", equalTo("/key has more than 1024 bytes"));
        String deep = "a\",\"".repeat(Namespace.MAX_DEPTH - 1) + "a";
        send("PUT", "/store/items", item.formatted(deep, "k")).statusCode(204);
        send("PUT", "/store/items", item.formatted(deep + "\",\"a", "k"))
                .statusCode(422)
                .body("detail", containsString("has 33 labels, at most 32"));
        int limit = 1 << 20;
        send("PUT", "/store/items", put("big", "{\"a\":\"" + "x".repeat(limit - 8) + "\"}", ""))
                .statusCode(204);
        send("PUT", "/store/items", put("big", "{\"a\":\"" + "x".repeat(limit - 7) + "\"}", ""))
                .statusCode(413)
                .body("detail", containsString("/value has 1048577 bytes, at most 1048576"));
    }

    @Test
    void aNumberThatIsLongWhenWrittenOutComesBack() {
        send("PUT", "/store/items", put("n", "{\"n\":1e500}", "")).statusCode(204);
        send(
                        "POST",
                        "/store/items/search",
                        "{\"namespace_prefix\":[\"%s\"],\"filter\":{\"n\":{\"$gt\":1e499}}}".formatted(mark))
                .statusCode(200)
                .body("items", hasSize(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            PUT    | /store/items        | {                                                       | 400 | cannot be read
            PUT    | /store/items        | {"namespace": [], "key": "k", "value": {}}              | 422 | /namespace has no label
            PUT    | /store/items        | {"namespace": "a", "key": "k", "value": {}}             | 422 | /namespace must be a list of strings
            PUT    | /store/items        | {"namespace": ["a.b"], "key": "k", "value": {}}         | 422 | /namespace has the label "a.b" with a dot
            PUT    | /store/items        | {"namespace": [""], "key": "k", "value": {}}            | 422 | /namespace has an empty label
            PUT    | /store/items        | {"namespace": ["a"], "value": {}}                       | 422 | /key is missing
            PUT    | /store/items        | {"namespace": ["a"], "key": "k"}                        | 422 | /value is missing
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": 1}            | 422 | /value must be an object
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {"a": "\\u0000"}} | 422 | /value/a holds U+0000
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {"\\u0000": 1}}   | 422 | /value has a name with U+0000
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {}, "ttl": 0} | 422 | /ttl must be a number of minutes
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {}, "ttl": "1"} | 422 | /ttl must be a number of minutes
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {}, "ttl": 1e9} | 422 | /ttl must be a number of minutes
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {}, "index": 1} | 422 | /index must be a list
            PUT    | /store/items        | {"namespace": ["a"], "key": "k", "value": {}, "x": 1}   | 422 | /x is unknown here
            DELETE | /store/items        | {"namespace": ["a"]}                                    | 422 | /key is missing
            POST   | /store/items/search | {"namespacePrefix": []}                                 | 422 | it is called namespace_prefix
            POST   | /store/items/search | {"namespace_prefix": [], "limit": 1001}                 | 422 | /limit must be a whole number from 1 to 1000
            POST   | /store/items/search | {"filter": {"a": {"$like": "x"}}}                       | 422 | /filter has the unknown operator $like at a
            POST   | /store/items/search | {"query": 1}                                            | 422 | /query must be a string
            POST   | /store/items/search | {"refresh_ttl": 1}                                      | 422 | /refresh_ttl must be true or false
            POST   | /store/namespaces   | {"max_depth": 0}                                        | 422 | /max_depth must be a whole number from 1 to 32
            POST   | /store/namespaces   | {"suffix": ["a.b"]}                                     | 422 | /suffix has the label
            GET    | /store/items        |                                                         | 400 | namespace and key are both needed
            GET    | /store/items?namespace=a..b&key=k   |                                         | 400 | namespace has an empty label
            GET    | /store/items?namespace=a&key=%00    |                                         | 400 | key holds U+0000
            """)
    void refusalsSayWhatIsWrongAndWhere(String method, String path, String body, int status, String message) {
        send(method, path, body)
                .statusCode(status)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString(message));
    }

    private String put(String key, String value, String more) {
        return "{\"namespace\":[\"%s\",\"x\"],\"key\":\"%s\",\"value\":%s%s}".formatted(mark, key, value, more);
    }

    private static ValidatableResponse send(String method, String path, String body) {
        var request = given().urlEncodingEnabled(false);
        if (body != null) {
            request.contentType(ContentType.JSON).body(body);
        }
        return request.request(Method.valueOf(method), path).then();
    }
}
