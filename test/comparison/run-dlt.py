"""Runs dlt's rest_api once for each base URL, into one DuckDB file: {path, dataset, folder, base_urls, resources} on stdin."""

import json
import sys

import dlt
from dlt.sources.rest_api import rest_api_source


def main():
    job = json.load(sys.stdin)
    destination = dlt.destinations.duckdb(job["path"])
    for base_url in job["base_urls"]:
        pipeline = dlt.pipeline(
            "api", destination=destination, dataset_name=job["dataset"], pipelines_dir=job["folder"]
        )
        client = {"base_url": base_url, "paginator": "single_page"}
        pipeline.run(rest_api_source({"client": client, "resources": job["resources"]}, name="api"))
    print(dlt.__version__)


main()
