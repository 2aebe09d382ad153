"""Reading a database's address. It imports nothing: settings are made of it."""


def database(env, name: str) -> dict:
    """The connection settings of a URL variable; the folder of a socket may stand as `?host=/path`."""
    config = env.db(name)
    if "host" in config.get("OPTIONS", {}):
        config["HOST"] = config["OPTIONS"].pop("host")
    return config
