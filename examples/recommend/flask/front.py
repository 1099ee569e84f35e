"""Another front of recommend, in Flask: the same films, the same rebuild, in as many worker processes as you like.

    gunicorn --workers 2 --threads 8 --chdir examples/recommend/flask front:app

Nothing is remembered here: what runs and what was built every worker asks Holdfast, and films are read from the snapshot that is in use.
"""

import http.client
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import holdfast
from flask import Flask, Response, abort, jsonify, render_template, request

app = Flask(__name__)
client = holdfast.Client(os.environ.get("HOLDFAST_URL", "http://127.0.0.1:4747/holdfast"))
data = Path(os.environ.get("HOLDFAST_DATA", ".holdfast")).resolve()
shown = 12


@app.get("/")
def films():
    number, picks = recommend()
    return render_template("films.html", number=number, picks=picks, input=asked(), worker=os.getpid())


@app.post("/rebuild")
def rebuild():
    """Starts one, or names the one that runs, whichever worker or terminal started it."""
    job, created = client.submit("rebuild", asked(), submitted_by="the Flask front")
    return jsonify(id=job["id"], state=job["state"], created=created, worker=os.getpid()), 201 if created else 200


@app.get("/rebuild/<int:id>")
def follow(id):
    """Its lines as they come, to the end, and then how it ended."""
    client.get(id)

    def lines():
        for line in client.follow(id):
            yield line.text + "\n"
        yield client.wait(id)["state"] + "\n"

    return Response(lines(), mimetype="text/plain")


@app.route("/holdfast/<path:path>", methods=["GET", "POST", "DELETE"])
def pass_on(path):
    """The page elements speak with Holdfast through this origin. A proxy in front of both does the same without Python."""
    address = urlsplit(client.url)
    wire = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    headers = {name: value for name, value in request.headers if name.lower() not in ("connection", "accept-encoding")}
    query = "?" + request.query_string.decode() if request.query_string else ""
    wire.request(request.method, f"{address.path}/{path}{query}", request.get_data(), headers)
    answer = wire.getresponse()

    def pieces():
        # As they come: an event must not wait for the next one.
        while piece := answer.read1(65_536):
            yield piece

    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in ("connection", "transfer-encoding", "keep-alive")]
    passed = Response(pieces(), answer.status, kept, direct_passthrough=True)
    passed.call_on_close(wire.close)
    return passed


@app.errorhandler(holdfast.HoldfastError)
def told(error):
    return jsonify(error=str(error)), error.status or 503


def asked():
    """What a rebuild takes: the settings as they are saved now."""
    file = data / "recommend" / "settings.json"
    saved = json.loads(file.read_text()) if file.exists() else {"minVotes": 200, "neighbours": 40, "generation": 1}
    settings = {name: saved[name] for name in ("minVotes", "neighbours")}
    return {"mode": "data", "settings": settings, "generation": saved["generation"], "logs": str(data / "recommend" / "logs")}


def recommend():
    """Number of the index in use, and the unseen films that are nearest to what was watched, best first."""
    # One answer, so that index and taste belong together.
    current = {artifact["name"]: artifact["current"] for artifact in client.artifacts()}
    index, taste = current.get("watch-index"), current.get("taste-profile")
    if index is None or taste is None:
        return None, []
    films = json.loads((data / index["folder"] / "films.json").read_text())["films"]
    neighbours = json.loads((data / index["folder"] / "neighbours.json").read_text())
    place = {film["row"]: at for at, film in enumerate(films)}
    watched = {place[w["row"]]: w["weight"] for w in json.loads((data / taste["folder"] / "profile.json").read_text()) if w["row"] in place}
    best = {}
    for because, weight in watched.items():
        for near, score in neighbours[because]:
            score *= 0.8 + 0.2 * weight
            if near not in watched and score > best.get(near, (0, None))[0]:
                best[near] = (score, because)
    order = sorted(best, key=lambda film: -best[film][0])[:shown]
    return index["number"], [(films[film], films[best[film][1]]) for film in order]
