"""Acts like a face detector on a film, to be launched, watched, stopped and resumed by tests.

Input: {"frames": 200, "frameMs": 5, "every": 25, "failAt": null, "hangAt": null, "index": "faces"}; all optional.
Every so many frames it beats with the number of the frame, saves where it is, and prints a line. Its result does not depend on how often
it was interrupted: it counts faces by the number of the frame alone, and says which frames this attempt looked at.
"""

import json
import os
import time

import holdfast


def faces_in(frame):
    return (frame * 7919) % 13 % 4


def main():
    film = {"frames": 200, "frameMs": 5, "every": 25, **(holdfast.input() or {})}
    state = holdfast.checkpoint() or {"frame": 0, "faces": 0}
    first = state["frame"]
    print(f"detector: {film['frames']} frames from {first}")
    holdfast.phase("Detect", 1, 2)
    try:
        for frame in range(first, film["frames"]):
            if frame == film.get("failAt"):
                raise ValueError(f"bad frame {frame}")
            while frame == film.get("hangAt"):  # Silent and idle, as a decoder that waits for ever.
                time.sleep(0.05)
            time.sleep(film["frameMs"] / 1000)
            state = {"frame": frame + 1, "faces": state["faces"] + faces_in(frame)}
            holdfast.progress(frame + 1, film["frames"], unit="frames")
            if (frame + 1) % film["every"] == 0:
                holdfast.heartbeat(seq=frame + 1)
                holdfast.save(state)
                print(f"frame {frame + 1}: {state['faces']} faces")
    except holdfast.Cancelled:
        holdfast.save(state)
        print(f"stopped before frame {state['frame']}")
        raise
    holdfast.phase("Write", 2, 2)
    if film.get("index"):
        with open(os.path.join(holdfast.output(film["index"]), "faces.json"), "w", encoding="utf-8") as index:
            json.dump({"faces": state["faces"]}, index)
    holdfast.result({"frames": film["frames"], "faces": state["faces"], "first": first})


if __name__ == "__main__":
    main()
