using Postern.Configuration;
using Postern.Model;
using Postern.Ports;
using Postern.Tests.Gateway;
using Postern.Tests.Gateway.Identity.Signatures;
using Postern.Tests.Storage;

namespace Postern.Tests.Monitoring.Consumers;

public sealed class AdminConsumersTests
{
    private const string EdwardsKey = SignatureVectors.Edwards;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_consumer_comes_in_as_soon_as_its_key_is_answered_and_after_a_restart()
    {
        await using var node = await ConsumersNode.StartAsync();
        var (_, key) = await node.MakeAsync("acme");

        Assert.Equal(200, await node.StatusAsync(key));
        await node.RestartAsync();
        Assert.Equal(200, await node.StatusAsync(key));
        Assert.Equal(401, await node.StatusAsync(key + "x"));
    }

    [Fact]
    public async Task Nobody_is_anonymous_from_the_first_consumer_on_also_when_the_last_one_is_gone()
    {
        await using var node = await ConsumersNode.StartAsync();
        Assert.Equal(200, await node.StatusAsync(null));

        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "acme" });
        Assert.Equal(401, await node.StatusAsync(null));
        await node.AdminAsync("DELETE", "/api/consumers/acme", 204);
        Assert.Equal(401, await node.StatusAsync(null));
        await node.RestartAsync();
        Assert.Equal(401, await node.StatusAsync(null));
    }

    [Fact]
    public async Task A_removed_consumer_is_refused_and_its_subscriptions_are_gone_with_the_answer()
    {
        await using var node = await ConsumersNode.StartAsync("other");
        var (_, key) = await node.MakeAsync("acme");
        Assert.Equal(201, await node.SubscribeAsync(key));
        Assert.Equal(201, await node.SubscribeAsync("other"));

        await node.AdminAsync("DELETE", "/api/consumers/acme", 204);

        Assert.Equal(401, await node.StatusAsync(key));
        Assert.Equal("other", Assert.Single(await node.Store.ListSubscriptionsAsync(new SubscriptionQuery(), Cancellation)).Consumer);
        await node.AdminAsync("DELETE", "/api/consumers/acme", 404);
        await node.AdminAsync("GET", "/api/consumers/acme", 404);
    }

    /// <summary>The API is asked whether the consumer may read, and answers when it is gone.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("once", false)]
    [InlineData(null, true)]
    public async Task A_call_that_is_under_way_while_its_consumer_is_removed_leaves_no_subscription(string? idempotencyKey, bool another)
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = await UpstreamHost.StartAsync(async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
        });
        await using var node = await ConsumersNode.StartAsync(
            new ApiConfiguration { Upstream = [$"http://127.0.0.1:{upstream.Port}"], ReadCheck = new() { Timeout = TimeSpan.FromSeconds(30) } });
        var (_, key) = await node.MakeAsync("acme");
        var call = node.SubscribeAsync(key, idempotencyKey);
        await asked.Task.WaitAsync(Cancellation);

        await node.AdminAsync("DELETE", "/api/consumers/acme", 204);
        if (another)
        {
            await node.MakeAsync("acme");
        }

        answer.SetResult();
        Assert.Equal(401, await call);
        Assert.Empty(await node.Store.ListSubscriptionsAsync(new SubscriptionQuery(), Cancellation));
    }

    [Fact]
    public async Task A_removed_key_is_refused_with_the_answer_and_a_rotated_one_when_its_time_is_over()
    {
        await using var node = await ConsumersNode.StartAsync();
        var first = await node.MakeAsync("acme");
        var second = await node.KeyAsync("acme");

        await node.AdminAsync("DELETE", $"/api/consumers/acme/credentials/{second.Id}", 204);
        Assert.Equal((200, 401), (await node.StatusAsync(first.Key), await node.StatusAsync(second.Key)));
        await node.AdminAsync("DELETE", $"/api/consumers/acme/credentials/{second.Id}", 404);

        var rotated = (string)(await node.AdminAsync("POST", $"/api/consumers/acme/credentials/{first.Id}/rotate", 200))!["key"]!;
        Assert.Equal((200, 200), (await node.StatusAsync(first.Key), await node.StatusAsync(rotated)));

        var id = (string)(await node.AdminAsync("GET", "/api/consumers/acme/credentials", 200))!["items"]!.AsArray().Select(item => item!).Single(item => (string?)item["id"] != first.Id)["id"]!;
        var last = (string)(await node.AdminAsync("POST", $"/api/consumers/acme/credentials/{id}/rotate", 200, new { overlap = "0s" }))!["key"]!;
        Assert.Equal((401, 200), (await node.StatusAsync(rotated), await node.StatusAsync(last)));
    }

    [Fact]
    public async Task What_the_file_defines_cannot_be_changed_here_and_both_are_shown_with_their_origin()
    {
        await using var node = await ConsumersNode.StartAsync("acme");
        await node.MakeAsync("globex", new { name = "globex", scopes = new[] { "read:/orders" }, @operator = true });

        foreach (var (method, path, body) in new (string, string, object?)[]
        {
            ("POST", "/api/consumers", new { name = "acme" }), ("PATCH", "/api/consumers/acme", new { @operator = true }), ("DELETE", "/api/consumers/acme", null),
            ("POST", "/api/consumers/acme/credentials", new { type = "api-key" }), ("DELETE", "/api/consumers/acme/credentials/api-key-1", null),
            ("POST", "/api/consumers/acme/credentials/api-key-1/rotate", null),
        })
        {
            var problem = await node.AdminAsync(method, path, 409, body);
            Assert.Contains("configuration file", (string?)problem!["detail"], StringComparison.Ordinal);
        }

        var shown = (await node.AdminAsync("GET", "/api/consumers", 200))!["items"]!.AsArray();
        Assert.Equal(["acme file False", "globex api True"], shown.Select(item => $"{item!["name"]} {item["origin"]} {(bool)item["operator"]!}"));
        Assert.Equal("read:/orders", (string?)shown[1]!["scopes"]![0]);
        Assert.Equal(403, await node.SubscribeAsync((await node.KeyAsync("globex")).Key));
    }

    [Fact]
    public async Task A_name_that_the_file_takes_over_is_the_files_alone()
    {
        await using var node = await ConsumersNode.StartAsync();
        var (_, key) = await node.MakeAsync("acme");
        node.Live.Replace(node.Live.File with
        {
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["acme"] = new() { Credentials = [new CredentialConfiguration.ApiKey("of-the-file")] } },
        });
        Assert.Equal((401, 200), (await node.StatusAsync(key), await node.StatusAsync("of-the-file")));
    }

    [Fact]
    public async Task A_password_is_kept_as_a_hash_and_a_user_name_belongs_to_one_consumer()
    {
        await using var node = await ConsumersNode.StartAsync();
        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "acme" });
        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "globex" });
        var made = await node.AdminAsync("POST", "/api/consumers/acme/credentials", 201, new { type = "basic", username = "alice", password = "correct horse" });
        Assert.False(made!.AsObject().ContainsKey("key"));
        await node.AdminAsync("POST", "/api/consumers/globex/credentials", 409, new { type = "basic", username = "alice", password = "other" });

        Assert.Equal((200, 401), (await LoginAsync(node, "alice:correct horse"), await LoginAsync(node, "alice:wrong")));
        Assert.StartsWith("$pbkdf2", (await node.Store.ReadConsumersAsync(Cancellation)).All[0].Credentials[0].Verifier, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotated_password_is_taken_with_the_answer_and_the_old_one_beside_it_until_it_is_not()
    {
        await using var node = await ConsumersNode.StartAsync();
        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "acme" });
        await node.AdminAsync("POST", "/api/consumers/acme/credentials", 201, new { type = "basic", username = "alice", password = "first" });

        var made = await node.AdminAsync("POST", "/api/consumers/acme/credentials/alice/rotate", 200, new { password = "second" });
        Assert.Equal(("alice", false), ((string?)made!["id"], made.AsObject().ContainsKey("key")));
        Assert.Equal((200, 200, 401), (await BasicAsync("alice:first"), await BasicAsync("alice:second"), await BasicAsync("alice:third")));
        Assert.True((await node.AdminAsync("GET", "/api/consumers/acme/credentials", 200))!["items"]![0]!.AsObject().ContainsKey("replacedUntil"));

        await node.AdminAsync("POST", "/api/consumers/acme/credentials/alice/rotate", 200, new { password = "third" });
        Assert.Equal((401, 200, 200), (await BasicAsync("alice:first"), await BasicAsync("alice:second"), await BasicAsync("alice:third")));
        await node.RestartAsync();
        Assert.Equal((200, 200), (await BasicAsync("alice:second"), await BasicAsync("alice:third")));

        await node.AdminAsync("POST", "/api/consumers/acme/credentials/alice/rotate", 200, new { password = "fourth", overlap = "0s" });
        Assert.Equal((401, 200), (await BasicAsync("alice:third"), await BasicAsync("alice:fourth")));

        Task<int> BasicAsync(string login) => LoginAsync(node, login);
    }

    [Fact]
    public async Task A_password_and_a_key_are_rotated_each_in_its_own_way()
    {
        await using var node = await ConsumersNode.StartAsync();
        var (id, _) = await node.MakeAsync("acme");
        await node.AdminAsync("POST", "/api/consumers/acme/credentials", 201, new { type = "basic", username = "alice", password = "first" });

        await node.AdminAsync("POST", "/api/consumers/acme/credentials/alice/rotate", 422);
        await node.AdminAsync("POST", "/api/consumers/acme/credentials/alice/rotate", 422, new { password = "" });
        await node.AdminAsync("POST", "/api/consumers/acme/credentials/alice/rotate", 422, new { password = "${PASSWORD}" });
        await node.AdminAsync("POST", $"/api/consumers/acme/credentials/{id}/rotate", 422, new { password = "second" });
    }

    [Fact]
    public async Task A_program_signs_with_the_id_that_its_public_key_was_answered()
    {
        await using var node = await ConsumersNode.StartAsync();
        using var key = new ForeignKey("ecdsa-p256-sha256");
        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "acme" });
        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "globex" });
        var wanted = new { type = "http-signature", algorithm = "ecdsa-p256-sha256", publicKey = key.PublicPem };
        var id = (string)(await node.AdminAsync("POST", "/api/consumers/acme/credentials", 201, wanted))!["id"]!;

        Assert.Equal((200, 401), (await SignedAsync(id), await SignedAsync("other")));
        await node.RestartAsync();
        Assert.Equal(200, await SignedAsync(id));
        // Neither the key nor its id is somebody else's too.
        await node.AdminAsync("POST", "/api/consumers/globex/credentials", 409, wanted);
        using var next = new ForeignKey("ed25519");
        await node.AdminAsync("POST", "/api/consumers/globex/credentials", 409, new { type = "http-signature", id, algorithm = "ed25519", publicKey = next.PublicPem });
        await node.AdminAsync("POST", $"/api/consumers/acme/credentials/{id}/rotate", 409);
        // What the file gives away under this id holds, and nothing else.
        node.Live.Replace(node.Live.File with
        {
            Consumers = new Dictionary<string, ConsumerConfiguration> { ["initech"] = new() { Credentials = [new CredentialConfiguration.HttpSignature(id, "ed25519") { PublicKey = next.PublicPem }] } },
        });
        Assert.Equal(401, await SignedAsync(id));
        node.Live.Replace(node.Live.File with { Consumers = new Dictionary<string, ConsumerConfiguration>() });
        Assert.Equal(200, await SignedAsync(id));
        await node.AdminAsync("DELETE", $"/api/consumers/acme/credentials/{id}", 204);
        Assert.Equal(401, await SignedAsync(id));

        async Task<int> SignedAsync(string keyId)
        {
            var call = new SignedCall
            {
                Method = "GET", Body = null, Host = node.Gateway.BaseAddress!.Authority, Target = "/orders/subscriptions", Covered = ["\"@method\"", "\"@authority\"", "\"@path\""],
                Parameters = $";created={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()};keyid=\"{keyId}\"", Sign = key.Sign,
            };
            using var request = new HttpRequestMessage(HttpMethod.Get, call.Target);
            request.Headers.Add("signature-input", $"{call.Label}={call.Input}");
            request.Headers.Add("signature", $"{call.Label}=:{call.Signature}:");
            using var response = await node.Gateway.SendAsync(request, Cancellation);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task What_is_wrong_is_told_and_nothing_is_made()
    {
        await using var node = await ConsumersNode.StartAsync();
        await node.AdminAsync("POST", "/api/consumers", 422, new { name = "a b" });
        await node.AdminAsync("POST", "/api/consumers", 422, new { name = "anonymous" });
        await node.AdminAsync("POST", "/api/consumers", 422, new { });
        await node.AdminAsync("POST", "/api/consumers", 422, new { name = "acme", scopes = new[] { "everything" } });
        await node.AdminAsync("POST", "/api/consumers", 400, new { name = "acme", colour = "red" });
        await node.AdminAsync("POST", "/api/consumers", 201, new { name = "acme" });
        await node.AdminAsync("POST", "/api/consumers", 409, new { name = "acme" });
        foreach (var wrong in new object[]
        {
            new { }, new { type = "jwt" }, new { type = "basic", username = "alice" }, new { type = "basic", username = "a:b", password = "x" },
            new { type = "api-key", password = "x" }, new { type = "api-key", expires = "2020-01-01T00:00:00Z" },
            new { type = "api-key", algorithm = "ed25519" }, new { type = "http-signature", algorithm = "ed25519" }, new { type = "http-signature", publicKey = EdwardsKey },
            new { type = "http-signature", algorithm = "hmac-sha256", publicKey = EdwardsKey }, new { type = "http-signature", algorithm = "rsa-pss-sha512", publicKey = EdwardsKey },
            new { type = "http-signature", algorithm = "ed25519", publicKey = "key" }, new { type = "http-signature", algorithm = "ed25519", publicKey = EdwardsKey, password = "x" },
        })
        {
            await node.AdminAsync("POST", "/api/consumers/acme/credentials", 422, wrong);
        }

        await node.AdminAsync("POST", "/api/consumers/nobody/credentials", 404, new { type = "api-key" });
        Assert.Empty((await node.AdminAsync("GET", "/api/consumers/acme/credentials", 200))!["items"]!.AsArray());
    }

    [Fact]
    public async Task An_audience_that_is_granted_here_shows_events_from_the_answer_on_until_it_is_taken_away()
    {
        await using var node = await ConsumersNode.StartAsync();
        var (_, key) = await node.MakeAsync("acme", new { name = "acme", scopes = new[] { "subscribe", "publish", "audience:partners" } });
        Assert.Equal(201, await node.SubscribeAsync(key));

        var shown = await node.PublishAsync(key, "partners,staff");
        await SqliteFixture.UntilAsync(() => node.Store.Statistics.Cursor >= shown);
        await node.AdminAsync("PATCH", "/api/consumers/acme", 200, new { scopes = new[] { "subscribe", "publish" } });
        var hidden = await node.PublishAsync(key, "partners,staff");
        await SqliteFixture.UntilAsync(() => node.Store.Statistics.Cursor >= hidden);

        Assert.Equal([shown], await OwedAsync());
        var own = await node.PublishAsync(key, "acme");
        await SqliteFixture.UntilAsync(() => node.Store.Statistics.Cursor >= own);
        Assert.Equal([shown, own], await OwedAsync());

        // Nothing listens at the receiver: what was matched is owed still.
        async Task<IEnumerable<long>> OwedAsync() =>
            (await node.Store.ListCallbacksAsync(new CallbackQuery(), Cancellation)).Callbacks
                .Select(callback => EventId.TryReadSequence(callback.EventId, out var sequence) ? sequence : 0).Order();
    }

    [Fact]
    public async Task An_audience_and_a_consumer_cannot_have_one_name()
    {
        await using var node = await ConsumersNode.StartAsync("globex");
        await node.AdminAsync("POST", "/api/consumers", 422, new { name = "acme", scopes = new[] { "audience:globex" } });
        await node.MakeAsync("acme", new { name = "acme", scopes = new[] { "audience:partners" } });

        var taken = await node.AdminAsync("POST", "/api/consumers", 422, new { name = "partners" });
        Assert.Contains("an audience that acme sees", (string?)taken!["errors"]!["name"]![0], StringComparison.Ordinal);
        await node.AdminAsync("PATCH", "/api/consumers/acme", 422, new { scopes = new[] { "audience:globex" } });
        await node.AdminAsync("POST", "/api/consumers/acme/credentials", 422, new { type = "api-key", scopes = new[] { "audience:partners" } });
    }

    [Fact]
    public async Task When_a_credential_was_used_last_is_known_after_a_restart()
    {
        await using var node = await ConsumersNode.StartAsync("of-the-file");
        var (_, key) = await node.MakeAsync("acme");
        Assert.Equal((200, 200), (await node.StatusAsync(key), await node.StatusAsync("of-the-file")));
        await node.RestartAsync();

        foreach (var name in (string[])["acme", "of-the-file"])
        {
            var credential = (await node.AdminAsync("GET", $"/api/consumers/{name}/credentials", 200))!["items"]![0]!.AsObject();
            Assert.True(credential.ContainsKey("lastUsed"), name);
        }

        await node.AdminAsync("DELETE", "/api/consumers/acme", 204);
        await node.RestartAsync();
        Assert.Equal("of-the-file", Assert.Single(await node.Store.ReadUsesAsync(Cancellation)).Name.Consumer);
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_log_and_no_key_is()
    {
        await using var node = await ConsumersNode.StartAsync();
        var (id, key) = await node.MakeAsync("acme");
        await node.AdminAsync("DELETE", "/api/consumers/acme", 204);

        var log = (await node.AdminAsync("GET", "/api/audit?consumer=acme", 200))!;
        Assert.Equal(["deleteConsumer", "addCredential", "createConsumer"], log["items"]!.AsArray().Select(entry => (string?)entry!["action"]));
        Assert.Equal($"credentials.{id}", (string?)log["items"]![1]!["changed"]![0]);
        Assert.DoesNotContain(key, log.ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task<int> LoginAsync(ConsumersNode node, string login)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orders/subscriptions");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(login)));
        using var response = await node.Gateway.SendAsync(request, Cancellation);
        return (int)response.StatusCode;
    }
}
