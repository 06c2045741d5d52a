flavor "image_builder" "local" {
  description = "Images are built by the Docker on this machine"
  location    = "local"

  zenml {
    flavor = "local"
    config = {}
  }
}
