package judge

import (
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/informers/apps"
	"k8s.io/client-go/informers/core"
	"k8s.io/client-go/informers/internalinterfaces"
	"k8s.io/client-go/informers/policy"
	"k8s.io/client-go/informers/resource"
	"k8s.io/client-go/informers/scheduling"
	"k8s.io/client-go/informers/storage"
	"k8s.io/client-go/tools/cache"

	"muster.dev/test/oracle/cases"
)

// factory hands out informers that are filled by hand: the plugins' listers and event handlers see
// the objects of one case at once, without goroutines, an API server or waiting.
type factory struct {
	informers.SharedInformerFactory // what no plugin calls: nil
	made                            map[reflect.Type]*informer
}

func newFactory() *factory { return &factory{made: map[reflect.Type]*informer{}} }

func (f *factory) Start(<-chan struct{}) {}

func (f *factory) InformerName() *cache.InformerName { return nil }

func (f *factory) InformerFor(kind runtime.Object, make internalinterfaces.NewInformerFunc) cache.SharedIndexInformer {
	kindType := reflect.TypeOf(kind)
	if known, found := f.made[kindType]; found {
		return known
	}
	created := &informer{SharedIndexInformer: make(nil, 0)}
	f.made[kindType] = created
	return created
}

func (f *factory) Apps() apps.Interface { return apps.New(f, v1.NamespaceAll, nil) }

func (f *factory) Core() core.Interface { return core.New(f, v1.NamespaceAll, nil) }

func (f *factory) Policy() policy.Interface { return policy.New(f, v1.NamespaceAll, nil) }

func (f *factory) Resource() resource.Interface { return resource.New(f, v1.NamespaceAll, nil) }

func (f *factory) Scheduling() scheduling.Interface { return scheduling.New(f, v1.NamespaceAll, nil) }

func (f *factory) Storage() storage.Interface { return storage.New(f, v1.NamespaceAll, nil) }

// Replace makes the objects the only ones. Kinds for which nobody made an informer are read by no
// plugin.
func (f *factory) Replace(objects []cases.Object) error {
	for _, known := range f.made {
		if err := known.clear(); err != nil {
			return err
		}
	}
	for _, object := range objects {
		known, found := f.made[reflect.TypeOf(object.Object)]
		if !found {
			continue
		}
		if err := known.add(object.Object); err != nil {
			return err
		}
	}
	return nil
}

// informer calls its handlers in the thread that changes it.
type informer struct {
	cache.SharedIndexInformer
	handlers []cache.ResourceEventHandler
}

func (i *informer) clear() error {
	store := i.GetIndexer()
	for _, object := range store.List() {
		if err := store.Delete(object); err != nil {
			return err
		}
		for _, handler := range i.handlers {
			handler.OnDelete(object)
		}
	}
	return nil
}

func (i *informer) add(object runtime.Object) error {
	store := i.GetIndexer()
	if before, exists, err := store.Get(object); err != nil {
		return err
	} else if exists { // the later of two with one name, as after an update
		for _, handler := range i.handlers {
			handler.OnUpdate(before, object)
		}
		return store.Update(object)
	}
	if err := store.Add(object); err != nil {
		return err
	}
	for _, handler := range i.handlers {
		handler.OnAdd(object, true)
	}
	return nil
}

func (i *informer) AddEventHandler(handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	i.handlers = append(i.handlers, handler)
	return i.SharedIndexInformer.AddEventHandler(handler)
}

func (i *informer) AddEventHandlerWithResyncPeriod(handler cache.ResourceEventHandler, _ time.Duration) (cache.ResourceEventHandlerRegistration, error) {
	return i.AddEventHandler(handler)
}

func (i *informer) AddEventHandlerWithOptions(handler cache.ResourceEventHandler, _ cache.HandlerOptions) (cache.ResourceEventHandlerRegistration, error) {
	return i.AddEventHandler(handler)
}
