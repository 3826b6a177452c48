"""Sign-in, tokens and sessions of the simulated service (docs/protocol/total-connect.md#sign-in)."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1
import pytest

from tests.simulator.door import Door, claims, encrypted, public_key


async def test_config_has_what_a_client_needs(door: Door) -> None:
    """The configuration file carries a real 2048-bit key and the brand's number."""
    config = await door.config()
    assert public_key(config["AppConfig"][0]).key_size == 2048
    brands = {brand["BrandName"]: brand["AppID"] for brand in config["brandInfo"]}
    assert brands["totalconnect"] == 16808
    assert len(config["AppConfig"][0]["tc2ClientId"]) == 32


async def test_the_key_is_renewed(door: Door) -> None:
    """Whoever keeps the key of yesterday is refused; whoever reads it again is not."""
    first = (await door.config())["AppConfig"][0]
    fields = {
        "grant_type": "password",
        "client_id": first["tc2ClientId"],
        "username": encrypted(first, door.options.user),
        "password": encrypted(first, door.options.password),
    }
    assert (await door.token_request(fields))[0] == 200
    assert (await door.control("/accounts/renew-key"))[0] == 200
    assert (await door.token_request(fields))[0] == 400
    assert (await door.sign_in())[0] == 200


async def test_password_grant(door: Door) -> None:
    """A right password gives a token whose session is the one of session details."""
    status, token = await door.sign_in()
    assert status == 200
    assert token["token_type"] == "bearer"
    assert token["expires_in"] == 1200
    details = (await door.details())["SessionDetailsResult"]
    assert details["SessionID"] == door.session_id()
    assert claims(token["access_token"])["ids"].count(";") == 1
    assert (
        details["UserInfo"]["UserID"]
        == (await door.control("/state", method="GET"))[1]["user_id"]
    )


async def test_client_id_as_basic(door: Door) -> None:
    """The client id may travel as HTTP Basic too; without it nobody gets in."""
    status, _ = await door.sign_in(in_basic=True)
    assert status == 200
    status, answer = await door.token_request(
        {"grant_type": "password", "username": "x"}
    )
    assert (status, answer["error"]) == (400, "invalid_client")


@pytest.mark.parametrize("user", [None, "someone.else"])
async def test_wrong_credentials(door: Door, user: str | None) -> None:
    """A wrong password and an unknown user answer the numeric code in `error`."""
    status, answer = await door.sign_in(user=user, password="wrong")
    assert status == 400
    assert answer == {"error": "-100", "error_description": "Authentication Failed"}


async def test_oaep_and_plain_text_are_no_credentials(door: Door) -> None:
    """Only PKCS#1 v1.5 decrypts to the password."""
    first = (await door.config())["AppConfig"][0]
    oaep = OAEP(MGF1(SHA1()), SHA1(), None)

    def wrongly(text: str) -> str:
        return encrypted(first, text, oaep)

    for encode in (wrongly, lambda text: b64encode(text.encode()).decode(), str):
        fields = {
            "grant_type": "password",
            "client_id": first["tc2ClientId"],
            "username": encode(door.options.user),
            "password": encode(door.options.password),
        }
        status, answer = await door.token_request(fields)
        assert (status, answer["error"]) == (400, "-100")


async def test_too_many_bad_passwords_lock(door: Door) -> None:
    """After five bad ones even the right password answers -123."""
    for _ in range(5):
        await door.sign_in(password="wrong")
    status, answer = await door.sign_in()
    assert (status, answer["error"]) == (400, "-123")
    await door.control("/switches", {"account": "open"})
    assert (await door.sign_in())[0] == 200


async def test_too_many_good_ones_revoke(door: Door) -> None:
    """A login loop is cut off, and says so."""
    answers = [await door.sign_in() for _ in range(11)]
    assert [status for status, _ in answers] == [200] * 10 + [400]
    assert "revoked" in answers[-1][1]["error_description"]
    assert len(door.simulator.accounts.sign_ins) == 11


async def test_sign_ins_spread_over_time_are_fine(door: Door) -> None:
    """The limit is for a minute."""
    for _ in range(15):
        assert (await door.sign_in())[0] == 200
        door.clock.forward(10)


async def test_refresh_rotates_and_refuses_reuse(door: Door) -> None:
    """Each refresh gives a new refresh token; the old one is dead."""
    _, first = await door.sign_in()
    status, second = await door.refresh()
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    status, answer = await door.refresh(first["refresh_token"])
    assert (status, answer) == (400, {"error": "invalid_grant"})
    assert len(door.simulator.accounts.sign_ins) == 1


async def test_expired_token(door: Door) -> None:
    """An expired token answers 401 with ASP.NET's message; a refresh helps."""
    await door.sign_in()
    door.clock.forward(1201)
    status, answer = await door.call("GET", "api/v1/locations")
    assert status == 401
    assert answer == {"Message": "Authorization has been denied for this request."}
    await door.refresh()
    await door.get("api/v1/locations")


async def test_session_ends_after_five_hours_while_refresh_works(door: Door) -> None:
    """The refreshed token belongs to the same dead session; only a new sign-in helps."""
    await door.sign_in()
    session = door.session_id()
    door.clock.forward(5 * 3600 + 1)
    status, _ = await door.refresh()
    assert status == 200
    assert door.session_id() == session
    assert (await door.call("GET", "api/v1/locations"))[0] == 401
    await door.sign_in()
    assert door.session_id() != session
    await door.get("api/v1/locations")


@pytest.mark.parametrize("path", ["/sessions/end", "/tokens/expire"])
async def test_control_ends_them(door: Door, path: str) -> None:
    """Sessions and tokens can be ended from outside."""
    await door.sign_in()
    assert (await door.control(path, {}))[1] in ({"ended": 1}, {"expired": 1})
    assert (await door.call("GET", "api/v1/locations"))[0] == 401


async def test_logout_ends_session_and_refresh(door: Door) -> None:
    """After a log-out neither token works."""
    await door.sign_in()
    answer = await door.post("api/v3/authentication/logout", {})
    assert answer == {"ResultCode": 0, "ResultData": "Success"}
    assert (await door.call("GET", "api/v1/locations"))[0] == 401
    assert (await door.refresh())[0] == 400


async def test_no_token(door: Door) -> None:
    """Without a token there is only the dashboard and the version."""
    base = f"{door.simulator.url}/TC2API.TCResource/api/"
    for path, wanted in (
        ("v1/locations", 401),
        ("Dashboard", 200),
        ("v1/services/version", 200),
    ):
        async with door.http.get(base + path) as answer:
            assert answer.status == wanted


async def test_field_names_in_any_case(door: Door) -> None:
    """The token endpoint takes its names in any letter case, as `userName` was seen to work."""
    await door.sign_in()
    client_id = (await door.config())["AppConfig"][0]["tc2ClientId"]
    fields = {
        "GRANT_TYPE": "refresh_token",
        "Client_Id": client_id,
        "Refresh_Token": door.token["refresh_token"],
    }
    assert (await door.token_request(fields))[0] == 200


async def test_two_people_see_one_account(door: Door) -> None:
    """The other administrator has an id of his own and sees the same locations."""
    await door.sign_in()
    mine = (await door.details())["SessionDetailsResult"]
    await door.sign_in(user="robin.vale")
    other = (await door.details())["SessionDetailsResult"]
    assert mine["UserInfo"]["UserID"] != other["UserInfo"]["UserID"]
    assert mine["Locations"] == other["Locations"]


async def test_records_mask_credentials(door: Door) -> None:
    """What was received never shows a password or a refresh token."""
    await door.sign_in()
    await door.refresh()
    tokens = [
        entry.fields for entry in door.simulator.received if entry.route == "token"
    ]
    assert {fields.get("password", "***") for fields in tokens} == {"***"}
    assert tokens[1]["refresh_token"] == "***"
