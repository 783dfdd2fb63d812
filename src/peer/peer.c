#include "peer/peer.h"

typedef struct
{
  char        *title;
  char        *subtitle;
  char        *problem;
  char        *advice;
  SkyRemedy    remedy;
  SkyPeerState state;
  gint64       retry_at;
  guint        attempt;
  SkyStore    *store;
} SkyPeerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SkyPeer, sky_peer, G_TYPE_OBJECT)

typedef enum
{
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  PROP_STATE,
  PROP_PROBLEM,
  PROP_ADVICE,
  PROP_REMEDY,
  PROP_RETRY_AT,
  PROP_ATTEMPT,
  PROP_STORE,
} SkyPeerProp;

static GParamSpec *props[PROP_STORE + 1];

static SkyPeerPrivate *
get_private (SkyPeer *self)
{
  return sky_peer_get_instance_private (self);
}

static void
sky_peer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SkyPeerPrivate *priv = get_private (SKY_PEER (object));

  switch ((SkyPeerProp) id)
    {
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, priv->subtitle);
      break;
    case PROP_STATE:
      g_value_set_uint (value, priv->state);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, priv->problem);
      break;
    case PROP_ADVICE:
      g_value_set_string (value, priv->advice);
      break;
    case PROP_REMEDY:
      g_value_set_uint (value, priv->remedy);
      break;
    case PROP_RETRY_AT:
      g_value_set_int64 (value, priv->retry_at);
      break;
    case PROP_ATTEMPT:
      g_value_set_uint (value, priv->attempt);
      break;
    case PROP_STORE:
      g_value_set_object (value, priv->store);
      break;
    }
}

static void
sky_peer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SkyPeerPrivate *priv = get_private (SKY_PEER (object));

  g_assert (id == PROP_STORE);
  priv->store = g_value_dup_object (value);
}

static void
sky_peer_constructed (GObject *object)
{
  SkyPeerPrivate *priv = get_private (SKY_PEER (object));

  G_OBJECT_CLASS (sky_peer_parent_class)->constructed (object);
  if (priv->store == NULL)
    priv->store = sky_store_new (NULL, NULL);
}

static void
sky_peer_finalize (GObject *object)
{
  SkyPeerPrivate *priv = get_private (SKY_PEER (object));

  g_clear_pointer (&priv->title, g_free);
  g_clear_pointer (&priv->subtitle, g_free);
  g_clear_pointer (&priv->problem, g_free);
  g_clear_pointer (&priv->advice, g_free);
  g_clear_object (&priv->store);
  G_OBJECT_CLASS (sky_peer_parent_class)->finalize (object);
}

static void
sky_peer_class_init (SkyPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sky_peer_get_property;
  object_class->set_property = sky_peer_set_property;
  object_class->constructed = sky_peer_constructed;
  object_class->finalize = sky_peer_finalize;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  props[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, SKY_PEER_FAILED, SKY_PEER_IDLE, readable);
  props[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, readable);
  props[PROP_ADVICE] = g_param_spec_string ("advice", NULL, NULL, NULL, readable);
  props[PROP_REMEDY] = g_param_spec_uint ("remedy", NULL, NULL, 0, SKY_REMEDY_ACCEPT_CERTIFICATE, SKY_REMEDY_NONE,
                                           readable);
  props[PROP_RETRY_AT] = g_param_spec_int64 ("retry-at", NULL, NULL, 0, G_MAXINT64, 0, readable);
  props[PROP_ATTEMPT] = g_param_spec_uint ("attempt", NULL, NULL, 0, G_MAXUINT, 0, readable);
  props[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, SKY_TYPE_STORE,
                                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
sky_peer_init (SkyPeer *self)
{
}

/**
 * sky_peer_start:
 *
 * Begins what the peer is for: dials, listens, loads. What becomes of it is seen in "state".
 */
void
sky_peer_start (SkyPeer *self)
{
  g_return_if_fail (SKY_IS_PEER (self));

  if (SKY_PEER_GET_CLASS (self)->start != NULL)
    SKY_PEER_GET_CLASS (self)->start (self);
}

/**
 * sky_peer_stop:
 *
 * Ends it in order, which may take a moment: "state" goes through CLOSING to CLOSED.
 */
void
sky_peer_stop (SkyPeer *self)
{
  g_return_if_fail (SKY_IS_PEER (self));

  if (SKY_PEER_GET_CLASS (self)->stop != NULL)
    SKY_PEER_GET_CLASS (self)->stop (self);
}

/* Returns: (transfer none): the trace of this peer */
SkyStore *
sky_peer_get_store (SkyPeer *self)
{
  return get_private (self)->store;
}

SkyPeerState
sky_peer_get_state (SkyPeer *self)
{
  return get_private (self)->state;
}

const char *
sky_peer_get_title (SkyPeer *self)
{
  return get_private (self)->title;
}

const char *
sky_peer_get_subtitle (SkyPeer *self)
{
  return get_private (self)->subtitle;
}

/* Returns: (nullable): after FAILED, one sentence that says what went wrong, and where */
const char *
sky_peer_get_problem (SkyPeer *self)
{
  return get_private (self)->problem;
}

/* Returns: (nullable): after FAILED, one sentence that says what to do next */
const char *
sky_peer_get_advice (SkyPeer *self)
{
  return get_private (self)->advice;
}

SkyRemedy
sky_peer_get_remedy (SkyPeer *self)
{
  return get_private (self)->remedy;
}

/* Returns: when a WAITING peer tries again, in microseconds of g_get_monotonic_time(); else 0 */
gint64
sky_peer_get_retry_at (SkyPeer *self)
{
  return get_private (self)->retry_at;
}

/* Returns: how many reconnection attempts were begun since the peer was open last */
guint
sky_peer_get_attempt (SkyPeer *self)
{
  return get_private (self)->attempt;
}

static void
set_string (SkyPeer *self, char **where, const char *value, SkyPeerProp prop)
{
  if (g_strcmp0 (*where, value) == 0)
    return;
  g_free (*where);
  *where = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_remedy (SkyPeer *self, SkyRemedy remedy)
{
  SkyPeerPrivate *priv = get_private (self);

  if (priv->remedy == remedy)
    return;
  priv->remedy = remedy;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REMEDY]);
}

static void
set_retry_at (SkyPeer *self, gint64 retry_at)
{
  SkyPeerPrivate *priv = get_private (self);

  if (priv->retry_at == retry_at)
    return;
  priv->retry_at = retry_at;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RETRY_AT]);
}

void
sky_peer_set_title (SkyPeer *self, const char *title)
{
  set_string (self, &get_private (self)->title, title, PROP_TITLE);
}

void
sky_peer_set_subtitle (SkyPeer *self, const char *subtitle)
{
  set_string (self, &get_private (self)->subtitle, subtitle, PROP_SUBTITLE);
}

/**
 * sky_peer_set_state:
 *
 * Goes to @state; a start, and an end as it was asked for, forget the problem of the time before.
 */
void
sky_peer_set_state (SkyPeer *self, SkyPeerState state)
{
  SkyPeerPrivate *priv = get_private (self);

  if (priv->state == state)
    return;
  if (state == SKY_PEER_WORKING || state == SKY_PEER_OPEN || state == SKY_PEER_CLOSED)
    {
      set_string (self, &priv->problem, NULL, PROP_PROBLEM);
      set_string (self, &priv->advice, NULL, PROP_ADVICE);
      set_remedy (self, SKY_REMEDY_NONE);
    }
  if (state != SKY_PEER_WAITING)
    set_retry_at (self, 0);
  priv->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/**
 * sky_peer_fail:
 * @problem: what went wrong, and where: one sentence
 * @advice: (nullable): what to do next: one sentence
 * @remedy: what one click could do about it
 *
 * Goes to FAILED. The first failure of a run counts; what follows from it is not reported.
 */
void
sky_peer_fail (SkyPeer *self, const char *problem, const char *advice, SkyRemedy remedy)
{
  SkyPeerPrivate *priv = get_private (self);

  if (priv->state == SKY_PEER_FAILED)
    return;
  set_string (self, &priv->problem, problem, PROP_PROBLEM);
  set_string (self, &priv->advice, advice, PROP_ADVICE);
  set_remedy (self, remedy);
  sky_peer_set_state (self, SKY_PEER_FAILED);
}

/**
 * sky_peer_wait:
 * @problem: why the connection broke: one sentence
 * @advice: (nullable): what to do: one sentence
 * @retry_at: when it will be tried again, in microseconds of g_get_monotonic_time()
 *
 * Goes to WAITING.
 */
void
sky_peer_wait (SkyPeer *self, const char *problem, const char *advice, gint64 retry_at)
{
  SkyPeerPrivate *priv = get_private (self);

  set_string (self, &priv->problem, problem, PROP_PROBLEM);
  set_string (self, &priv->advice, advice, PROP_ADVICE);
  set_retry_at (self, retry_at);
  sky_peer_set_state (self, SKY_PEER_WAITING);
}

/* Counts the attempts, from 1; 0 once the connection stands. */
void
sky_peer_set_attempt (SkyPeer *self, guint attempt)
{
  SkyPeerPrivate *priv = get_private (self);

  if (priv->attempt == attempt)
    return;
  priv->attempt = attempt;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ATTEMPT]);
}
